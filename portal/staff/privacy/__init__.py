"""The rights of people over their data, as the staff serve them."""

from __future__ import annotations

from flask import Blueprint

from portal.staff.privacy.erasures import erasures
from portal.staff.privacy.filings import filings

privacy = Blueprint("privacy", __name__, url_prefix="/privacy")
for part in (filings, erasures):
    privacy.register_blueprint(part)
