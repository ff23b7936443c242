"""The two columns of every blind index: which secret and version each belongs to, and how a rotation moves on.

At rest one column is in use. ``begin`` gives the other one a new version; writers fill both; once every row has it,
``fill`` makes it the one that is searched; ``end`` takes the old column out of use and deletes its secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal.vault.ciphers import SM4_GCM
from portal.vault.errors import Busy, KeyStoreError
from portal.vault.index import blind_index, blind_index_sm3, index_key
from portal.vault.installation_secrets import INDEX, SM3, Secrets
from portal.vault.keystore import KeyStore, WrappedSecret
from portal.vault.stores import index_columns, secrets

Hash = Callable[[bytes], bytes]
INDEXES = (INDEX, SM3)


class Slot(NamedTuple):
    """One of the two columns. ``filled`` when no row lacks it; of two filled ones the higher ``turn`` is searched."""

    secret: str
    version: int
    filled: bool
    turn: int


FIRST = Slot(INDEX, 1, True, 1)


def secret_for(algorithm: int) -> str:
    """The name of the secret that new indexes are made with where this algorithm seals."""
    return SM3 if algorithm == SM4_GCM else INDEX


class IndexColumns:
    """What stands in the key store about the columns, read once; ``forget`` makes the next question read again."""

    def __init__(self, store: KeyStore, secrets_of: Secrets) -> None:
        self._store, self._secrets = store, secrets_of
        self._slots: dict[int, Slot] = {}
        self._keys: dict[tuple[int, str, str, int], Hash] = {}

    def forget(self) -> None:
        """Look again: another process may have begun or ended a rotation."""
        self._slots, self._keys = {}, {}

    def slots(self) -> dict[int, Slot]:
        """The columns in use, by number (0 or 1): one, or two while a rotation runs."""
        known = self._slots
        if not known:
            with self._store.reading() as connection:
                known.update(_read(connection))
        return known

    def searched(self) -> int:
        """The number of the column that lookups use."""
        slots = self.slots()
        return max((number for number in slots if slots[number].filled), key=lambda number: slots[number].turn)

    def hashing(self, slot: int, label: str, field: str, normaliser_version: int) -> Hash:
        """What makes the index of a normalised value for this column.

        Raises KeyStoreError where the column is not in use.
        """
        named, known = (slot, label, field, normaliser_version), self._keys
        found = known.get(named)
        if found is None:
            found = known[named] = self._hash(slot, label, field, normaliser_version)
        return found

    def begin(self, secret: str) -> int:
        """Take the free column into use with a new version of the secret; the number of the column to be filled.

        Where a rotation was begun already it is that one's. Raises Busy when another process is at it.
        """
        self.forget()
        slots = self.slots()
        if len(slots) == 2:
            return _newer(slots)
        free = 1 - next(iter(slots))
        made = self._secrets.new(secret, 1 + _highest(self._versions(secret), secret))
        slot = Slot(secret, made.version, False, slots[1 - free].turn + 1)
        with self._changing() as connection:
            if slots == {0: FIRST}:
                connection.execute(delete(index_columns))
                connection.execute(insert(index_columns).values(slot=0, **FIRST._asdict()))
            connection.execute(insert(secrets), self._store.secret_row(made))
            connection.execute(insert(index_columns).values(slot=free, **slot._asdict()))
        return free

    def fill(self) -> None:
        """Say that no row lacks the newer column: from now on it is searched."""
        with self._changing() as connection:
            newer = _newer(_read(connection))
            connection.execute(update(index_columns).where(index_columns.c.slot == newer).values(filled=True))

    def end(self) -> None:
        """Take the older column out of use and delete every index secret that no column belongs to.

        A name never loses its highest version without a higher one in its place: numbers are not used twice. Raises
        KeyStoreError where the newer column is not filled.
        """
        self.forget()
        slots = self.slots()
        if len(slots) == 1:
            self._store.overwrite()  # a killed run may have come only so far
            return
        kept = slots[_newer(slots)]
        if not kept.filled:
            raise KeyStoreError("the new index column is not filled yet; let keys rotate-index finish")
        old, rows = slots[1 - _newer(slots)], self._versions(*INDEXES)
        leading = {name: _highest(rows, name) for name in INDEXES}
        lasting = {(kept.secret, kept.version), *leading.items()} - {(old.secret, old.version)}
        gone = [row for row in rows if (row.name, row.version) not in lasting]
        replaced = leading[old.secret] == old.version
        spare = [self._secrets.new(old.secret, old.version + 1)] if replaced else []
        with self._changing() as connection:
            for row in spare:
                connection.execute(insert(secrets), self._store.secret_row(row))
            for row in gone:
                matching = secrets.c.name == row.name, secrets.c.version == row.version
                connection.execute(delete(secrets).where(*matching))
            connection.execute(delete(index_columns).where(index_columns.c.slot == 1 - _newer(slots)))
        self._store.overwrite()

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """One transaction that every process hears of."""
        try:
            with self._store.writing() as connection:
                self._store.raise_generation(connection)
                yield connection
        except IntegrityError:
            raise Busy from None
        finally:
            self.forget()
            self._secrets.forget()

    def _versions(self, *names: str) -> list[WrappedSecret]:
        return [row for row in self._store.secrets() if row.name in names]

    def _hash(self, slot: int, label: str, field: str, normaliser_version: int) -> Hash:
        named = self.slots().get(slot)
        if named is None:
            raise KeyStoreError(f"index column {slot} is not in use any more; try again")
        key = index_key(self._secrets.version(named.secret, named.version), label, field, normaliser_version)
        return partial(blind_index_sm3 if named.secret == SM3 else blind_index, key)


def _read(connection: Connection) -> dict[int, Slot]:
    """A store that has never rotated may hold no row: column 0 then belongs to the first secret."""
    rows = connection.execute(select(index_columns)).all()
    return {row.slot: Slot(row.secret, row.version, row.filled, row.turn) for row in rows} or {0: FIRST}


def _newer(slots: dict[int, Slot]) -> int:
    return max(slots, key=lambda number: slots[number].turn)


def _highest(rows: list[WrappedSecret], name: str) -> int:
    return max((row.version for row in rows if row.name == name), default=0)
