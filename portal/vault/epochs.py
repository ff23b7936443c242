"""The epoch store: the keys that wrap data keys, a new one every 30 days, each wrapped under the root."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, insert, select, update

from portal import clock
from portal.vault.errors import KeyStoreError, SealError
from portal.vault.root import Root
from portal.vault.roots import Roots
from portal.vault.stores import FORMAT, Store, epoch_store, epochs
from portal.vault.wrapping import KEY, epoch_context


class Epoch(NamedTuple):
    """One epoch as it lies in the store; ``made_at`` in UTC seconds."""

    number: int
    root: bytes
    wrapped: bytes
    made_at: int


class EpochStore(Store):
    """The epoch store and, in memory, the epochs already opened."""

    def __init__(self, url: str, roots: Roots) -> None:
        super().__init__("epoch store", url, epoch_store)
        self._roots = roots
        self._opened: dict[int, AESGCM] = {}
        # A provider is not asked again for a row that has not changed.
        self._before: dict[Epoch, AESGCM] = {}
        self._newest: list[int] = []

    def create(self, installation: UUID) -> None:
        """Make the store with epoch 1, in one transaction; ``finish`` is called when the key store stands too."""
        self.prepare_file()
        first = _new(self._roots.first, 1)
        with self.writing() as connection:
            self.make(connection)
            connection.execute(
                insert(epoch_store).values(one=1, format=FORMAT, installation=installation.bytes, finished=False)
            )
            connection.execute(insert(epochs).values(**first))

    def begin(self, number: int) -> None:
        """Make this epoch, unless it is there, under the root that the newest one is wrapped under."""
        newest = self.all()[-1]
        if newest.number >= number:
            return
        row = _new(self._roots.of(newest.root, self.name), number)
        with self.writing() as connection:
            connection.execute(insert(epochs).values(**row))
        self.forget()

    def end(self, numbers: Iterable[int]) -> None:
        """Delete epochs for ever; the caller saw that no key names them."""
        with self.writing() as connection:
            for number in numbers:
                connection.execute(delete(epochs).where(epochs.c.number == number))
        self.forget()

    def take(self, before: Epoch, root: Root) -> None:
        """Wrap one epoch again under another root, unless somebody changed it meanwhile."""
        key = self._unwrapped(before)
        wrapped = root.wrap(key, epoch_context(root.id, before.number))
        same = epochs.c.number == before.number, epochs.c.wrapped == before.wrapped
        with self.writing() as connection:
            connection.execute(update(epochs).where(*same).values(root=root.id, wrapped=wrapped))

    def finish(self) -> None:
        """Remember that both stores stand."""
        with self.writing() as connection:
            connection.execute(update(epoch_store).values(finished=True))

    def head(self) -> tuple[int, UUID, bool]:
        """Format number, installation, and whether both stores were finished. Raises KeyStoreError without a row."""
        with self.reading() as connection:
            row = connection.execute(
                select(epoch_store.c.format, epoch_store.c.installation, epoch_store.c.finished)
            ).one_or_none()
        if row is None:
            raise KeyStoreError("the epoch store is half written; restore it from its copy")
        return row.format, UUID(bytes=bytes(row.installation)), row.finished

    def all(self) -> list[Epoch]:
        """Every epoch, the newest last. Raises KeyStoreError when there is none."""
        with self.reading() as connection:
            rows = connection.execute(select(epochs).order_by(epochs.c.number)).all()
        if not rows:
            raise KeyStoreError("the epoch store holds no epoch; restore it from its copy")
        return [Epoch(row.number, bytes(row.root), bytes(row.wrapped), row.made_at) for row in rows]

    def newest(self) -> int:
        """The number of the epoch that wraps new data keys."""
        seen = self._newest
        if not seen:
            seen.append(self.all()[-1].number)
        return seen[0]

    def key(self, number: int) -> AESGCM:
        """The epoch key that wraps data keys of this number. Raises KeyStoreError."""
        opened = self._opened
        found = opened.get(number)
        if found is None:
            found = opened[number] = self._open(number)
        return found

    def forget(self) -> None:
        """Look again: another process may have begun or ended an epoch."""
        self._opened, self._newest = {}, []

    def _open(self, number: int) -> AESGCM:
        rows = self.all()
        row = next((row for row in rows if row.number == number), None)
        if row is None:
            raise KeyStoreError(f"epoch {number} is not in the epoch store, but data keys are wrapped under it")
        found = self._before.get(row) or AESGCM(self._unwrapped(row))
        # What is not in the store any more is not kept here either.
        self._before = {kept: key for kept, key in self._before.items() if kept in rows} | {row: found}
        return found

    def _unwrapped(self, row: Epoch) -> bytes:
        try:
            root = self._roots.of(row.root, f"epoch {row.number}")
            return root.unwrap(row.wrapped, epoch_context(row.root, row.number))
        except SealError:
            raise KeyStoreError(f"epoch {row.number} does not open; restore the epoch store from its copy") from None


def _new(root: Root, number: int) -> dict[str, object]:
    wrapped = root.wrap(os.urandom(KEY), epoch_context(root.id, number))
    return {"number": number, "root": root.id, "wrapped": wrapped, "made_at": int(clock.now().timestamp())}
