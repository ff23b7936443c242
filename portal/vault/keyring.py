"""The key ring of an installation: what seals, opens, indexes and wraps, with the right key each time."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import BinaryIO, Self, TypeVar
from uuid import UUID

from portal.config import Settings
from portal.vault import creation, opening
from portal.vault.ciphers import NONCE, algorithm_of
from portal.vault.datakeys import DataKeys
from portal.vault.epochs import EpochStore
from portal.vault.errors import SealError, VaultError, VersionUnknown
from portal.vault.fading import unreadable_from
from portal.vault.files import FileSealer, OpenedFile, open_file_key, seal_file_key
from portal.vault.index_columns import IndexColumns
from portal.vault.installation_secrets import Secrets
from portal.vault.keystore import KeyStore
from portal.vault.normalise import NORMALISERS
from portal.vault.resealing import Resealing
from portal.vault.roots import Roots
from portal.vault.rotations import Rotations
from portal.vault.sealing import open_group, seal_group
from portal.vault.subjectkeys import SubjectKeys
from portal.vault.subjects import Subject, SubjectKind
from portal.vault.verifying import Verifying
from portal.vault.witness import Witness
from portal.vault.work import Works

_T = TypeVar("_T")


class KeyRing(Rotations, Resealing, Verifying):
    """One for a process, shared by its threads. Holds keys: it is never pickled, printed or logged."""

    def __init__(self, roots: Roots, keys: KeyStore, epochs: EpochStore, algorithm: int) -> None:
        self._roots, self._keys, self._epochs = roots, keys, epochs
        self.algorithm = algorithm
        self.works, self.witness = Works(keys), Witness(keys)
        self._secrets = Secrets(keys, roots)
        development = roots.environment == "development"
        self._columns = IndexColumns(keys, self._secrets)
        self._heard: list[Callable[[], None]] = []
        self._subjects = SubjectKeys(keys, epochs, development=development, changed=self._forget, after=self._tell)
        self.installation = keys.head()[1]
        self.refresh()

    @classmethod
    def open(cls, settings: Settings, *, restoring: bool = False) -> Self:
        """Open the installation's stores after looking that they belong together. Raises KeyStoreError, one line.

        One that a restore was interrupted in is opened by the restore only.
        """
        roots = Roots(settings)
        keys, epochs = opening.stores(settings, roots)
        try:
            if not restoring:
                opening.restored(keys)
            opening.check(keys, epochs, roots)
            keys.complete()
            return cls(roots, keys, epochs, algorithm_of(settings))
        except BaseException:
            keys.close()
            epochs.close()
            raise

    @classmethod
    def create(cls, settings: Settings) -> Self:
        """Make root key (unless it is there), epoch 1 and secrets, and open them. Raises KeyStoreError where both
        stores stand already. After a crash the same call finishes what was begun."""
        creation.create(settings)
        return cls.open(settings)

    def __reduce__(self) -> str:
        raise TypeError("a key ring is not pickled")

    def close(self) -> None:
        """Let go of the stores' connections."""
        self._keys.close()
        self._epochs.close()

    def refresh(self) -> None:
        """One cheap look whether keys were destroyed or made elsewhere; once a request is meant."""
        self._subjects.refresh()

    @property
    def generation(self) -> int:
        """The number of the key store's last change that ``refresh`` has seen: what was opened before may be gone."""
        return self._subjects.generation

    def secret(self, name: str) -> bytes:
        """The newest version (32 bytes) of ``session``, ``audit`` or ``index``."""
        return self._secrets.newest(name)

    def ensure(self, *subjects: Subject) -> None:
        """Commit a data key for each subject that has none, before any row of theirs. Raises Erased."""
        self._subjects.ensure(subject.packed for subject in subjects)

    def unknown(self, subjects: Iterable[Subject]) -> set[Subject]:
        """Those that have neither a key nor the row of an erasure: the key store is older than what names them."""
        packed = {subject.packed: subject for subject in subjects}
        found = self._subjects.of_many(set(packed))
        return {subject for name, subject in packed.items() if name not in found}

    def erase(self, subject: Subject) -> None:
        """Destroy the subject's keys for ever; everything sealed under them answers Erased from now on."""
        self._subjects.erase(subject.packed)

    def erased_of(self, kind: SubjectKind) -> set[bytes]:
        """The ids of all subjects of a kind that were erased, as the key store has them now."""
        return self._keys.erased_of(int(kind))

    def erased(self, subjects: Iterable[Subject]) -> set[Subject]:
        """Those of the subjects whose keys were destroyed, with one question to the store."""
        asked = set(subjects)
        keys = self._subjects.of_many({subject.packed for subject in asked})
        return {subject for subject in asked if (found := keys.get(subject.packed)) is not None and found.erased}

    def copies_unreadable_from(self, erased_at: datetime) -> datetime:
        """When old copies of the key store cannot open either what was erased at this moment."""
        return unreadable_from(self._epochs, erased_at)

    def seal_group(
        self, label: str, row_id: UUID, subject: Subject, values: Mapping[str, str], *, algorithm: int | None = None
    ) -> bytes:
        """Seal the fields that are not null, for this row and subject; the subject was ``ensure``d before.

        The algorithm is the installation's unless another is named. Raises ValueError when there is no field, Erased
        or KeyMissing.
        """
        packed = subject.packed
        keys, nonce = self._subjects.of(packed), os.urandom(NONCE)
        return seal_group(keys, label, row_id.bytes, packed, values, nonce=nonce, algorithm=algorithm or self.algorithm)

    def open_group(self, label: str, row_id: UUID, subject: Subject, blob: bytes) -> dict[str, str]:
        """The fields of a row's blob. Raises SealError without detail, Erased, or KeyMissing."""
        return self.open_packed(label, row_id.bytes, subject.packed, blob)

    def open_packed(self, label: str, row_id: bytes, subject: bytes, blob: bytes) -> dict[str, str]:
        """The same from bytes as a row holds them, kind(1) | id(16): lists open thousands."""
        try:
            return open_group(self._subjects.of(subject), label, row_id, subject, blob)
        except VersionUnknown:
            return open_group(self._subjects.afresh(subject), label, row_id, subject, blob)

    def open_many(self, label: str, rows: Iterable[tuple[bytes, bytes, bytes]]) -> list[dict[str, str] | None]:
        """Open one group of many rows, given as (row id, kind(1) | subject id, blob), with one question to the store.

        None for a row that does not open; ``open_group`` says why.
        """
        rows = list(rows)
        keys = self._subjects.of_many({subject for _, subject, _ in rows})
        return [self._try(keys, label, row_id, subject, blob) for row_id, subject, blob in rows]

    def blind_index(self, label: str, field: str, normaliser: str, text: str, slot: int | None = None) -> bytes | None:
        """16 bytes to look a value up by, for one of the two columns, or the one that is searched.

        None where the normaliser's rule is not met; KeyStoreError where the column is not in use.
        """
        version, rule = NORMALISERS[normaliser]
        normalised = rule(text)
        if normalised is None:
            return None
        chosen = self._columns.searched() if slot is None else slot
        return self._columns.hashing(chosen, label, field, version)(normalised)

    def seal_file(self, file_id: UUID, subject: Subject, content: bytes) -> tuple[bytes, bytes]:
        """The file key blob for the row and the object for the storage, for a content held in memory.

        The subject was ``ensure``d before. Raises Erased or KeyMissing.
        """
        sealer = self.file_sealer(file_id, subject, io.BytesIO(content))
        stored = b"".join(sealer)
        return sealer.blob, stored

    def file_sealer(
        self, file_id: UUID, subject: Subject, source: BinaryIO, *, algorithm: int | None = None
    ) -> FileSealer:
        """The same chunk by chunk, for a content that is read as it is sealed."""
        packed, chosen = subject.packed, algorithm or self.algorithm
        return FileSealer(self._subjects.of(packed), file_id.bytes, packed, source, chosen)

    def open_file(
        self, file_id: UUID, subject: Subject, blob: bytes, stored: bytes, start: int = 0, stop: int | None = None
    ) -> bytes:
        """Content bytes ``start`` up to ``stop`` of an object held in memory. Raises SealError, Erased, KeyMissing."""
        opened = self.opened_file(file_id, subject, blob)
        first, end = opened.span(start, stop)
        return b"".join(opened.read([stored[first:end]], len(stored), start, stop))

    def opened_file(self, file_id: UUID, subject: Subject, blob: bytes) -> OpenedFile:
        """The file's size, the part of the object a range needs, and the way to open it."""
        packed = subject.packed
        return OpenedFile(self._with(packed, lambda keys: open_file_key(keys, file_id.bytes, packed, blob)))

    def rewrap_file(self, file_id: UUID, before: Subject, after: Subject, blob: bytes) -> bytes:
        """The same file key under the newest key of ``after`` (who may be ``before``); the object stays as it is.

        The row takes it by compare-and-swap with ``blob``.
        """
        old, new = before.packed, after.packed
        held = self._with(old, lambda keys: open_file_key(keys, file_id.bytes, old, blob))
        return seal_file_key(self._subjects.of(new), file_id.bytes, new, held, nonce=os.urandom(NONCE))

    def _forget(self) -> None:
        # New objects rather than emptied ones: a thread that is just reading fills the old ones.
        self._epochs.forget()
        self._secrets.forget()
        self._columns.forget()

    def _with(self, subject: bytes, opened: Callable[[DataKeys], _T]) -> _T:
        try:
            return opened(self._subjects.of(subject))
        except VersionUnknown:
            return opened(self._subjects.afresh(subject))

    def _try(
        self, known: dict[bytes, DataKeys], label: str, row_id: bytes, subject: bytes, blob: bytes
    ) -> dict[str, str] | None:
        keys = known.get(subject)
        try:
            return None if keys is None else open_group(keys, label, row_id, subject, blob)
        except VersionUnknown:
            try:
                return self.open_packed(label, row_id, subject, blob)
            except VaultError:
                return None
        except SealError:
            return None

    def _tell(self) -> None:
        for heard in self._heard:
            heard()
