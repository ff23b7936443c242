"""Opening everything in the two stores, to see that it can be opened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_

from portal.vault.epochs import EpochStore
from portal.vault.errors import KeyStoreError, SealError
from portal.vault.installation_secrets import Secrets
from portal.vault.keystore import KeyStore, WrappedKey
from portal.vault.stores import data_keys, epochs
from portal.vault.subjectkeys import open_data_key
from portal.vault.subjects import SubjectKind

AT_ONCE = 1000


class Kept(NamedTuple):
    """One thing of the stores: its table, what it is called there, and whether it opens."""

    table: str
    name: str
    opens: bool


class Verifying:
    """The part of the key ring that looks through the stores."""

    _keys: KeyStore
    _epochs: EpochStore
    _secrets: Secrets

    def kept(self) -> Iterator[Kept]:
        """Every secret, every epoch and every data key, opened anew."""
        self._secrets.forget()
        self._epochs.forget()
        yield from self._kept_secrets()
        with self._epochs.reading() as connection:
            numbers = connection.scalars(select(epochs.c.number).order_by(epochs.c.number)).all()
        yield from (Kept("vault_epoch", str(number), self._epoch_opens(number)) for number in numbers)
        yield from self._kept_keys()

    def _kept_secrets(self) -> Iterator[Kept]:
        for row in self._keys.secrets():
            yield Kept("vault_secret", f"{row.name} {row.version}", self._secrets.opens(row))

    def _epoch_opens(self, number: int) -> bool:
        try:
            self._epochs.key(number)
        except KeyStoreError:
            return False
        return True

    def _kept_keys(self) -> Iterator[Kept]:
        columns = data_keys.c
        ordered = select(data_keys).order_by(columns.kind, columns.subject, columns.version).limit(AT_ONCE)
        after: tuple[object, ...] = (0, b"", 0)
        while True:
            wanted = ordered.where(tuple_(columns.kind, columns.subject, columns.version) > after)
            with self._keys.reading() as connection:
                rows = connection.execute(wanted).all()
            for row in rows:
                yield self._kept_key(row.kind, bytes(row.subject), row.version, row.epoch, bytes(row.wrapped))
            if not rows:
                return
            after = tuple(rows[-1][:3])

    def _kept_key(self, kind: int, subject: bytes, version: int, epoch: int, wrapped: bytes) -> Kept:
        name = f"{SubjectKind(kind).name.lower()}:{UUID(bytes=subject)} {version}"
        try:
            open_data_key(self._epochs, WrappedKey(bytes((kind,)) + subject, version, epoch, wrapped))
        except (SealError, KeyStoreError):
            return Kept("vault_data_key", name, False)
        return Kept("vault_data_key", name, True)
