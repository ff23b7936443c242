"""The staff's accounts: who has which role, inviting, ending."""

from __future__ import annotations

from flask import Blueprint

accounts = Blueprint("accounts", __name__, url_prefix="/accounts")

from portal.staff.accounts import endings, people  # noqa: E402, F401 - views join the blueprint
