"""The staff's side of privacy."""

from __future__ import annotations

from flask import Blueprint

from portal.staff.privacy.keys import keys

privacy = Blueprint("privacy", __name__, url_prefix="/privacy")
for part in (keys,):
    privacy.register_blueprint(part)
