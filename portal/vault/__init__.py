"""The vault: keys, sealed groups and files, blind indexes and the audit chain. It knows no model."""

from __future__ import annotations

from flask import current_app, g

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
    found: KeyRing = current_app.extensions["portal.keyring"]
    if "keys_looked_at" not in g:
        found.refresh()
        g.keys_looked_at = True
    return found
