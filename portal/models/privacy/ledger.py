"""The erasure ledger of the application at hand."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from portal import clock
from portal.vault import Subject, SubjectKind, ring
from portal.vault.ledger import Ledger


def ledger() -> Ledger:
    """The ledger, signed by this installation and witnessed by its key store. Raises KeyStoreError when it is read or
    written."""
    keyring, file = ring(), current_app.extensions["portal.settings"].ledger
    return Ledger(file, keyring.installation, keyring.secret("audit"), keyring.witness)


def mend_ledger() -> int:
    """Name in the ledger whoever the key store says was erased: all there is to be done where its newest copy is lost.

    How many were named anew. Raises KeyStoreError where what is left of it is damaged.
    """
    erased = [Subject(kind, UUID(bytes=subject)) for kind in SubjectKind for subject in sorted(ring().erased_of(kind))]
    return ledger().mend(erased, clock.now())
