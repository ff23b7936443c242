"""The staff's side of privacy: whether the record of everything that was done is whole."""

from __future__ import annotations

from flask import Blueprint

from portal.staff.privacy.chain import chain

privacy = Blueprint("privacy", __name__, url_prefix="/privacy")
for part in (chain,):
    privacy.register_blueprint(part)
