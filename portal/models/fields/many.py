"""Opening one group of many rows ahead of a list."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from portal.models.fields.group import SealedGroup
from portal.models.fields.row import SealedRow
from portal.vault import VaultError, ring


def open_many(rows: Iterable[SealedRow], group: SealedGroup) -> None:
    """Open a group of these rows with one question to the key store for all their subjects.

    A row that does not open raises nothing here; reading it says why.
    """
    closed = [(row, blob) for row in rows if (blob := group.closed(row)) is not None]
    if not closed:
        return
    keyring = ring()
    keyring.warm({subject for row, _ in closed if (subject := row.sealed_subject) is not None})
    for row, blob in closed:
        with suppress(VaultError):
            group.open(row, blob, keyring)
