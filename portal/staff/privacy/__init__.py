"""Privacy, as the staff look after it."""

from __future__ import annotations

from flask import Blueprint

from portal.staff.privacy.retention import retention

privacy = Blueprint("privacy", __name__, url_prefix="/privacy")
for part in (retention,):
    privacy.register_blueprint(part)
