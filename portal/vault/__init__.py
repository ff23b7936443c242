"""The vault: keys, sealed groups and files, blind indexes and the audit chain. It knows no model."""

from __future__ import annotations

from flask.ctx import AppContext
from flask.globals import app_ctx

from portal.vault.errors import Busy, ChainError, Erased, KeyMissing, KeyStoreError, SealError, VaultError
from portal.vault.keyring import KeyRing
from portal.vault.subjects import Subject, SubjectKind

__all__ = [
    "Busy",
    "ChainError",
    "Erased",
    "KeyMissing",
    "KeyRing",
    "KeyStoreError",
    "SealError",
    "Subject",
    "SubjectKind",
    "VaultError",
    "ring",
]


def ring() -> KeyRing:
    """The key ring of the application that is serving.

    Before its first use in a request or a job it looks whether a key was destroyed elsewhere: that is gone here within
    one request.
    """
    # One look at the context: lists ask for every row they open.
    context: AppContext = app_ctx._get_current_object()  # type: ignore[attr-defined]
    held = vars(context.g)
    found: KeyRing | None = held.get("portal_keyring")
    if found is None:
        found = context.app.extensions["portal.keyring"]
        found.refresh()
        held["portal_keyring"] = found
    return found
