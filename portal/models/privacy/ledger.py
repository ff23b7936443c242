"""The erasure ledger of the application at hand."""

from __future__ import annotations

from flask import current_app

from portal.vault import ring
from portal.vault.ledger import Ledger


def ledger() -> Ledger:
    """The ledger, signed by this installation. Raises KeyStoreError when it is read or written."""
    keyring = ring()
    return Ledger(current_app.extensions["portal.settings"].ledger, keyring.installation, keyring.secret("audit"))
