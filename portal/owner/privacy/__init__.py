"""My data: who looked at it."""

from __future__ import annotations

from flask import Blueprint

from portal.owner.privacy.looks import looks

privacy = Blueprint("privacy", __name__, url_prefix="/privacy")
for part in (looks,):
    privacy.register_blueprint(part)
