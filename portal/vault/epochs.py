"""The epoch store: the keys that wrap data keys, a new one every 30 days, each wrapped under the root."""

from __future__ import annotations

import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import func, insert, select, update

from portal import clock
from portal.vault.errors import KeyStoreError, SealError
from portal.vault.root import RootKey
from portal.vault.stores import FORMAT, Store, epoch_store, epochs
from portal.vault.wrapping import KEY, epoch_context


class EpochStore(Store):
    """The epoch store and, in memory, the epochs already opened."""

    def __init__(self, url: str, root: RootKey) -> None:
        super().__init__("epoch store", url, epoch_store)
        self._root = root
        self._opened: dict[int, AESGCM] = {}
        self._newest: list[int] = []

    def create(self, installation: UUID) -> None:
        """Make the store with epoch 1, in one transaction; ``finish`` is called when the key store stands too."""
        self.prepare_file()
        wrapped = self._root.wrap(os.urandom(KEY), epoch_context(self._root.id, 1))
        made = int(clock.now().timestamp())
        with self.writing() as connection:
            self.make(connection)
            connection.execute(
                insert(epoch_store).values(one=1, format=FORMAT, installation=installation.bytes, finished=False)
            )
            connection.execute(insert(epochs).values(number=1, root=self._root.id, wrapped=wrapped, made_at=made))

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

    def roots(self) -> set[bytes]:
        """The ids of the roots that wrap an epoch."""
        with self.reading() as connection:
            return {bytes(root) for root in connection.scalars(select(epochs.c.root).distinct())}

    def newest(self) -> int:
        """The number of the epoch that wraps new data keys."""
        seen = self._newest
        if not seen:
            with self.reading() as connection:
                found = connection.scalar(select(func.max(epochs.c.number)))
            if found is None:
                raise KeyStoreError("the epoch store holds no epoch; restore it from its copy")
            seen.append(found)
        return seen[0]

    def key(self, number: int) -> AESGCM:
        """The epoch key that wraps data keys of this number. Raises KeyStoreError."""
        opened = self._opened
        found = opened.get(number)
        if found is None:
            found = opened[number] = AESGCM(self._open(number))
        return found

    def forget(self) -> None:
        """Look again: another process may have begun or ended an epoch."""
        self._opened, self._newest = {}, []

    def _open(self, number: int) -> bytes:
        with self.reading() as connection:
            row = connection.execute(select(epochs.c.root, epochs.c.wrapped).filter_by(number=number)).one_or_none()
        if row is None:
            raise KeyStoreError(f"epoch {number} is not in the epoch store, but data keys are wrapped under it")
        if bytes(row.root) != self._root.id:
            raise KeyStoreError(f"epoch {number} is wrapped under another root key")
        try:
            return self._root.unwrap(bytes(row.wrapped), epoch_context(self._root.id, number))
        except SealError:
            raise KeyStoreError(f"epoch {number} does not open; restore the epoch store from its copy") from None
