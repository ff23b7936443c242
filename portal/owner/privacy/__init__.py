"""My own data: who looked at it, and what becomes of it."""

from __future__ import annotations

from flask import Blueprint

from portal.owner.privacy.erasures import erasures
from portal.owner.privacy.looks import looks
from portal.owner.privacy.notice import notice
from portal.owner.privacy.receipts import receipts

privacy = Blueprint("privacy", __name__, url_prefix="/privacy")
for part in (looks, erasures, receipts, notice):
    privacy.register_blueprint(part)
