"""Every subject's data keys: found, made, destroyed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from portal.vault.cache import KeyCache
from portal.vault.datakeys import DataKeys
from portal.vault.epochs import EpochStore
from portal.vault.errors import Erased, KeyMissing, KeyStoreError, SealError
from portal.vault.keys_by_subject import Newest, Opener, add, held, newest, wrapped_anew
from portal.vault.keystore import KeyStore, WrappedKey
from portal.vault.wrapping import KEY, data_context, unwrap, wrap

ATTEMPTS = 5


class SubjectKeys:
    """Data keys by subject, given as kind(1) | id(16). Safe to share between threads."""

    def __init__(
        self,
        store: KeyStore,
        epochs: EpochStore,
        *,
        development: bool,
        changed: Callable[[], None],
        after: Callable[[], None],
    ) -> None:
        self._store, self._epochs, self._development = store, epochs, development
        self._changed, self._after = changed, after
        self._cache = KeyCache()

    @property
    def generation(self) -> int:
        """The key store's, as last seen."""
        return self._cache.generation

    def of(self, subject: bytes) -> DataKeys:
        """The subject's keys. Raises Erased or KeyMissing."""
        keys = self._cache.get(subject)
        if keys is None:
            keys = self._load([subject]).get(subject)
        if keys is None:
            raise KeyMissing
        if keys.erased:
            raise Erased
        return keys

    def afresh(self, subject: bytes) -> DataKeys:
        """The same from the store itself, for a version that another process may have just made."""
        self._load([subject])
        return self.of(subject)

    def of_many(self, subjects: set[bytes]) -> dict[bytes, DataKeys]:
        """The keys of many at once: none for a subject without, empty ones for an erased subject."""
        found = self._cache.get_many(subjects)
        return found | self._load([subject for subject in subjects if subject not in found])

    def in_the_open(self, subjects: set[bytes]) -> dict[bytes, dict[int, bytes]]:
        """The keys themselves by version, past library and memory: for long work, which asks for each subject once.

        None for a subject that has no key, or one that does not open; ``of`` says which.
        """
        with self._store.reading() as connection:
            rows = held(self._store, connection, subjects)
        opened, found = Opener(self._epochs), {}
        for subject, kept in rows.items():
            with suppress(SealError):
                found[subject] = opened(subject, kept)
        return found

    def header(self, version: int, algorithm: int) -> bytes:
        """How what is sealed under this version begins, whosever it is."""
        return DataKeys({version: bytes(KEY)}, development=self._development).sealer(algorithm)[0]

    def ensure(self, subjects: Iterable[bytes]) -> None:
        """See to it that each has a committed key, new ones in one transaction. Raises Erased, before any is made."""
        wanted = set(subjects)
        found = self.of_many(wanted)
        absent = [subject for subject in wanted if not _living(found.get(subject))]
        if absent and not any(self._make(absent) for _ in range(ATTEMPTS)):
            raise KeyStoreError("the key store does not take new keys")

    def erase(self, subject: bytes) -> None:
        """Destroy the subject's keys for ever, here at once and in other processes at their next ``refresh``."""
        try:
            self._store.erase(subject)
        finally:
            self.refresh()

    def add_version(self, subjects: Iterable[bytes]) -> None:
        """One more version for each of the subjects that has a key, in one transaction; it seals from now on.

        Another process seals under the version it knows until its cache ends, and opens the new one at once. The keys
        are wrapped before the write lock is taken: where a subject was erased or a new epoch begun by then, once more.
        """
        last = subjects if isinstance(subjects, Newest) else newest(self._store, set(subjects))
        for _attempt in range(ATTEMPTS):
            if not last or self._add(last):
                self._cache.drop(last)
                return
            last = newest(self._store, last)
        raise KeyStoreError("the key store does not take new keys")

    def _add(self, last: Newest) -> bool:
        """Whether it worked: the key store is still as it was when the versions were looked up."""
        self.refresh()
        rows = wrapped_anew(last, self._epochs)
        try:
            with self._store.writing() as connection:
                same = self._store.locked_generation(connection) == last.generation
                if same:
                    add(self._store, connection, rows)
        except IntegrityError:
            return False
        return same

    def drop_versions(self, newest: Mapping[bytes, int]) -> None:
        """Delete, for each subject, the versions below the one named, but never its highest; every process hears of it.

        The log of the store is emptied. Raises KeyStoreError where readers hold it; a repetition finishes.
        """
        try:
            with self._store.writing() as connection:
                self._store.raise_generation(connection)
                rows = self._store.keys(connection, newest)
                old = [row for held in rows.values() for row in held if row.version < newest[row.subject]]
                self._store.delete(connection, [row for row in old if row.version < _last(rows[row.subject])])
            self._store.overwrite()
        finally:
            self.refresh()

    def refresh(self) -> None:
        """Look whether the key store changed under the cache: then ``changed``, forget, ``after``."""
        self._notice(self._store.generation())

    def _notice(self, generation: int) -> None:
        if generation != self._cache.generation:
            self._changed()
            self._cache.forget(generation)
            self._after()

    def _load(self, subjects: list[bytes]) -> dict[bytes, DataKeys]:
        if not subjects:
            return {}
        generation = self._cache.generation
        with self._store.reading() as connection:
            found = self._read(connection, subjects)
        self._cache.put(generation, found)
        return found

    def _read(self, connection: Connection, subjects: list[bytes]) -> dict[bytes, DataKeys]:
        found = {subject: self._open(rows) for subject, rows in self._store.keys(connection, subjects).items()}
        lost = [subject for subject in subjects if subject not in found]
        for subject in self._store.erased(connection, lost) if lost else ():
            found[subject] = DataKeys({}, development=self._development)
        return found

    def _open(self, rows: list[WrappedKey]) -> DataKeys:
        keys = {row.version: open_data_key(self._epochs, row) for row in rows}
        return DataKeys(keys, development=self._development)

    def _make(self, absent: list[bytes]) -> bool:
        """Whether it worked; if not, another process was first, and the next round reads its keys."""
        try:
            with self._store.writing() as connection:
                # A new epoch raises the generation before the old one may go: no key lands under a dead one.
                generation = self._store.locked_generation(connection)
                self._notice(generation)
                found = self._read(connection, absent)
                new = {subject: os.urandom(KEY) for subject in absent if not _living(found.get(subject))}
                self._store.add(connection, [self._wrapped(subject, key, 1) for subject, key in new.items()])
        except IntegrityError:
            return False
        made = {subject: DataKeys({1: key}, development=self._development) for subject, key in new.items()}
        self._cache.put(generation, found | made)
        return True

    def _wrapped(self, subject: bytes, key: bytes, version: int) -> WrappedKey:
        epoch = self._epochs.newest()
        wrapped = wrap(self._epochs.key(epoch), key, data_context(epoch, subject, version))
        return WrappedKey(subject, version, epoch, wrapped)


def open_data_key(epochs: EpochStore, row: WrappedKey) -> bytes:
    """The data key of a row. Raises SealError, or KeyStoreError when its epoch is not at hand."""
    return unwrap(epochs.key(row.epoch), row.wrapped, data_context(row.epoch, row.subject, row.version))


def _last(rows: list[WrappedKey]) -> int:
    return max(row.version for row in rows)


def _living(keys: DataKeys | None) -> bool:
    """Whether there are keys. Raises Erased."""
    if keys is not None and keys.erased:
        raise Erased
    return keys is not None
