"""Roles: who may what and why, and which of one's own is in use."""

from __future__ import annotations

from flask import Blueprint

from portal.staff.roles.rights import rights
from portal.staff.roles.uses import uses

roles = Blueprint("roles", __name__, url_prefix="/roles")
for part in (rights, uses):
    roles.register_blueprint(part)
