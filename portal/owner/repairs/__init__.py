"""Repairs, as the owner sees them."""

from __future__ import annotations

from flask import Blueprint

from portal.owner.repairs.confirmations import confirmations
from portal.owner.repairs.messages import messages
from portal.owner.repairs.photos import photos
from portal.owner.repairs.reports import reports
from portal.owner.repairs.tickets import tickets
from portal.owner.repairs.withdrawals import withdrawals

repairs = Blueprint("repairs", __name__, url_prefix="/repairs")
for part in (tickets, reports, confirmations, messages, photos, withdrawals):
    repairs.register_blueprint(part)
