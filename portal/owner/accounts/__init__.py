"""Signing in and out, proving it once more, the one-time link, the language."""

from __future__ import annotations

from flask import Blueprint

accounts = Blueprint("accounts", __name__)

from portal.owner.accounts import codes, joins, languages, links, outbox, proofs, sessions  # noqa: E402, F401 - views join the blueprint
