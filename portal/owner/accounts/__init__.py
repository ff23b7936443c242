"""Signing in and out, in one step or two, proving it once more, the one-time link, the language."""

from __future__ import annotations

from flask import Blueprint

accounts = Blueprint("accounts", __name__)

from portal.owner.accounts import (  # noqa: E402, F401 - views join the blueprint
    codes,
    devices,
    joins,
    languages,
    links,
    outbox,
    passkeys,
    proofs,
    second_steps,
    security,
    sessions,
)
