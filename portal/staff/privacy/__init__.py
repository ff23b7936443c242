"""The rights of people over their data, and the keys it is sealed with, as the staff serve them."""

from __future__ import annotations

from flask import Blueprint

from portal.staff.privacy.erasures import erasures
from portal.staff.privacy.filings import filings
from portal.staff.privacy.keys import keys

privacy = Blueprint("privacy", __name__, url_prefix="/privacy")
for part in (filings, erasures, keys):
    privacy.register_blueprint(part)
