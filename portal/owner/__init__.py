"""The owner's face: signing in, my home, repairs, notices."""

from __future__ import annotations

from flask import Blueprint

from portal.owner import menu
from portal.owner.accounts import accounts
from portal.owner.notices import notices
from portal.owner.privacy import privacy
from portal.owner.property import homes, households
from portal.owner.repairs import repairs

blueprint = Blueprint("owner", __name__)
for part in (accounts, homes, households, repairs, notices, privacy):
    blueprint.register_blueprint(part)
blueprint.context_processor(menu.context)
