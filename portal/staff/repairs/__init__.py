"""Repairs, as the staff work on them."""

from __future__ import annotations

from flask import Blueprint

from portal.staff.repairs.acknowledgements import acknowledgements
from portal.staff.repairs.assignments import assignments
from portal.staff.repairs.checks import checks
from portal.staff.repairs.messages import messages
from portal.staff.repairs.photos import photos
from portal.staff.repairs.queue import queue
from portal.staff.repairs.reports import reports
from portal.staff.repairs.reveals import reveals
from portal.staff.repairs.tickets import tickets
from portal.staff.repairs.works import works

repairs = Blueprint("repairs", __name__, url_prefix="/repairs")
for part in (queue, reports, tickets, acknowledgements, assignments, works, checks, messages, photos, reveals):
    repairs.register_blueprint(part)
