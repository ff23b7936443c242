"""The rights of people over their data, what is kept for how long, and the keys it is sealed with."""

from __future__ import annotations

from flask import Blueprint

from portal.staff.privacy.erasures import erasures
from portal.staff.privacy.filings import filings
from portal.staff.privacy.keys import keys
from portal.staff.privacy.retention import retention

privacy = Blueprint("privacy", __name__, url_prefix="/privacy")
for part in (filings, erasures, retention, keys):
    privacy.register_blueprint(part)
