"""The rights of people over their data, and what is kept for how long, as the staff look after them."""

from __future__ import annotations

from flask import Blueprint

from portal.staff.privacy.erasures import erasures
from portal.staff.privacy.filings import filings
from portal.staff.privacy.retention import retention

privacy = Blueprint("privacy", __name__, url_prefix="/privacy")
for part in (filings, erasures, retention):
    privacy.register_blueprint(part)
