"""The vault: keys, sealed groups and files, blind indexes and the audit chain. It knows no model."""

from __future__ import annotations

from time import monotonic

from flask.ctx import AppContext
from flask.globals import app_ctx

from portal.vault.errors import Busy, ChainError, Erased, InUse, KeyMissing, KeyStoreError, SealError, VaultError
from portal.vault.keyring import KeyRing
from portal.vault.subjects import Subject, SubjectKind

__all__ = [
    "Busy",
    "ChainError",
    "Erased",
    "InUse",
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
    # One look at the context: lists ask for every row they open.
    context: AppContext = app_ctx._get_current_object()  # type: ignore[attr-defined]
    held, now = vars(context.g), monotonic()
    found: KeyRing = context.app.extensions["portal.keyring"]
    if held.get("keys_looked_at", 0.0) < now - LOOK_SECONDS:
        found.refresh()
        held["keys_looked_at"] = now
    return found
