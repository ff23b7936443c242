"""How far the key store has seen the erasure ledger, so that entries cut off at its end are missed.

The ledger's chain shows a cut anywhere but at its end. So whoever has written to it tells the key store, when it is on
the disk and before the first key is destroyed by it: a crash in between leaves a ledger that is longer than what was
seen, never a shorter one.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import delete, insert, select

from portal.vault.keystore import KeyStore
from portal.vault.stores import ledger_end


class LedgerEnd(NamedTuple):
    """The number of the ledger's last entry and the SHA-256 of its note."""

    number: int
    hash: bytes


class Witness:
    """The key store's word on the ledger: one row, which only grows. A store of an earlier release has seen nothing."""

    def __init__(self, store: KeyStore) -> None:
        self._store = store

    def seen(self) -> LedgerEnd | None:
        """How far the ledger was; it is read before the ledger is, which may grow in between."""
        if not self._store.has(ledger_end):
            return None  # a copy that an earlier release made is not completed
        with self._store.reading() as connection:
            row = connection.execute(select(ledger_end.c.number, ledger_end.c.hash)).one_or_none()
        return None if row is None else LedgerEnd(row.number, bytes(row.hash))

    def see(self, end: LedgerEnd) -> None:
        """Remember this end; an earlier one than what is known changes nothing. Raises InUse."""
        known = self.seen()
        if known is None or known.number < end.number:
            self._keep(end)

    def accept(self, end: LedgerEnd) -> None:
        """Remember this end whatever was seen before: the ledger was mended by hand."""
        self._keep(end, anyway=True)

    def _keep(self, end: LedgerEnd, *, anyway: bool = False) -> None:
        with self._store.writing() as connection:
            self._store.wait_in_line(connection)
            known = connection.scalar(select(ledger_end.c.number))
            if anyway or known is None or known < end.number:
                connection.execute(delete(ledger_end))
                connection.execute(insert(ledger_end).values(one=1, **end._asdict()))
