"""The vault: keys, sealed groups and files, blind indexes and the audit chain. It knows no model."""

from __future__ import annotations

from time import monotonic

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

# No context that uses the ring is longer behind the key store than this; a rotation of the index waits it out.
LOOK_SECONDS = 5.0


def ring() -> KeyRing:
    """The key ring of the application that is serving.

    Before its first use in a request or a job, and every few seconds in a long one, it looks whether a key was
    destroyed or an index taken into use elsewhere: that is known here within one request.
    """
    found: KeyRing = current_app.extensions["portal.keyring"]
    looked = g.get("keys_looked_at")
    if looked is None or monotonic() - looked > LOOK_SECONDS:
        found.refresh()
        g.keys_looked_at = monotonic()
    return found
