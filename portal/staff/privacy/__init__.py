"""The rights of people over their data, the record of what was done, what is kept for how long, and the keys."""

from __future__ import annotations

from flask import Blueprint

from portal.staff.privacy.chain import chain
from portal.staff.privacy.erasures import erasures
from portal.staff.privacy.filings import filings
from portal.staff.privacy.keys import keys
from portal.staff.privacy.retention import retention

privacy = Blueprint("privacy", __name__, url_prefix="/privacy")
for part in (filings, erasures, chain, retention, keys):
    privacy.register_blueprint(part)
