"""Signing in and out, the one-time link, the language."""

from __future__ import annotations

from flask import Blueprint

accounts = Blueprint("accounts", __name__)

from portal.owner.accounts import languages, links, sessions  # noqa: E402, F401 - views join the blueprint
