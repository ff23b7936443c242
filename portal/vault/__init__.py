"""The vault: keys, sealed groups and files, blind indexes and the audit chain. It knows no model."""

from __future__ import annotations

from flask import current_app

from portal.vault.errors import ChainError, Erased, KeyMissing, KeyStoreError, SealError, VaultError
from portal.vault.keyring import KeyRing
from portal.vault.subjects import Subject, SubjectKind

__all__ = [
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
    """The key ring of the application that is serving."""
    found: KeyRing = current_app.extensions["portal.keyring"]
    return found
