"""The erasure ledger: who was erased, in a file outside both stores, which a restored store is brought up to.

One signed note after another, eight lines each. An entry holds ids and a time, never a personal value; its number and
the hash of the entry before show a cut or a swap in the middle, the key store's witness one at the end. It is on the
disk before the first key is destroyed, so what a crash left half-written at the end stands for an erasure that had not
begun: it is taken away by the next entry.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from portal.vault.chain import instant_text
from portal.vault.disk import settle, whole, write
from portal.vault.errors import KeyStoreError
from portal.vault.signed_note import sign, to_base64
from portal.vault.subjects import Subject, SubjectKind
from portal.vault.witness import LedgerEnd, Witness

START = bytes(32)
LINES = 8  # six of the text, an empty one, the signature


@dataclass(frozen=True, slots=True)
class Erasure:
    """One subject that was erased. ``request`` is the id of the request it was asked for in; ``at`` is aware."""

    number: int
    subject: Subject
    request: UUID
    at: datetime


Signed = Callable[[Erasure], bool]


def _all(_entry: Erasure) -> bool:
    return True


def _none(_entry: Erasure) -> bool:
    return False


class Ledger:
    """The ledger of one installation. ``seed`` is its ``audit`` secret. Without a file nobody was ever erased.

    With a ``witness`` every reading is compared with what that has seen, and every entry shown to it.
    """

    def __init__(self, file: Path, installation: UUID, seed: bytes, witness: Witness | None = None) -> None:
        self.file = file
        self._witness = witness
        self._origin = f"anju/{installation.hex}/erasure"
        self._seed = seed

    def entries(self) -> list[Erasure]:
        """Everybody who was erased, in order. Raises KeyStoreError where an entry is not as it was written, or where
        some are missing at the end."""
        return [place.entry for place in self._places(self._text)]

    def of_request(self, request: UUID) -> list[Subject]:
        """The subjects of a request. Signatures of other requests are not looked at: there may be thousands."""

        def asked(entry: Erasure) -> bool:
            return entry.request == request

        return [place.entry.subject for place in self._places(self._text, signed=asked) if asked(place.entry)]

    def shown(self) -> list[Erasure]:
        """The same as ``entries``, after the witness has seen them: who destroys keys by them asks for these."""
        places = self._places(self._text)
        self._show(places)
        return [place.entry for place in places]

    def confirm(self, raw: bytes) -> None:
        """Compare a copy of the ledger with what the witness has seen. Raises KeyStoreError."""
        self._places(lambda: raw, signed=_none)

    def add(self, subjects: Iterable[Subject], request: UUID, at: datetime) -> int:
        """Name the subjects, on the disk when this returns; those named before stay as they are. How many are new.

        Raises KeyStoreError where the file is damaged or cannot be written: then nothing may be destroyed.
        """
        try:
            with self._held() as opened:
                kept = self._places(lambda: whole(opened), signed=_none)
                places = self._append(opened, kept, subjects, request, at)
                self._show(places)
                return len(places) - len(kept)
        except OSError as error:
            raise KeyStoreError(
                f"the erasure ledger {self.file} cannot be written ({error.strerror}); nothing was erased"
            ) from None

    def mend(self, erased: Iterable[Subject], at: datetime) -> int:
        """Where the newest copy is lost: name whoever was ``erased`` and is not named, under no request, and have the
        witness accept what is there then. How many were named. Raises KeyStoreError where an entry is damaged."""
        with self._held() as opened:
            kept = list(self._walk(whole(opened)))
            places = self._append(opened, kept, erased, UUID(int=0), at)
        if self._witness is not None and places:
            self._witness.accept(places[-1].seen)
        return len(places) - len(kept)

    @contextmanager
    def _held(self) -> Iterator[int]:
        """The file, opened, made where it is missing, and nobody else's meanwhile."""
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX)
            yield opened
        finally:
            os.close(opened)

    def _append(
        self, opened: int, kept: list[_Place], subjects: Iterable[Subject], request: UUID, at: datetime
    ) -> list[_Place]:
        """Write an entry for each subject that has none; all there are then, on the disk."""
        known, places = {place.entry.subject for place in kept}, list(kept)
        end, fresh = _end(kept), b""
        for subject in dict.fromkeys(subjects):
            if subject not in known:
                entry = Erasure(len(places) + 1, subject, request, at)
                note = self._note(entry, places[-1].hash if places else START)
                fresh += note
                places.append(_Place(entry, _hash(note), end + len(fresh)))
        if fresh:
            os.ftruncate(opened, end)
            os.lseek(opened, end, os.SEEK_SET)
            write(opened, fresh)
        os.fsync(opened)  # also what a killed process wrote and did not see through
        settle(self.file.parent)
        return places

    def _note(self, entry: Erasure, before: bytes) -> bytes:
        lines = (
            self._origin,
            str(entry.number),
            to_base64(before),
            f"{int(entry.subject.kind)} {entry.subject.id.hex}",
            entry.request.hex,
            instant_text(entry.at),
        )
        return sign("\n".join(lines) + "\n", self._seed).encode()

    def _text(self) -> bytes:
        try:
            return self.file.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise KeyStoreError(f"the erasure ledger {self.file} cannot be read: {error.strerror}") from None

    def _places(self, read: Callable[[], bytes], *, signed: Signed = _all) -> list[_Place]:
        """What stands in it, compared with what was seen before it is read: it may grow meanwhile."""
        seen = self._witness.seen() if self._witness is not None else None
        places = list(self._walk(read(), signed=signed))
        if seen is not None and len(places) < seen.number:
            raise KeyStoreError(
                f"the erasure ledger {self.file} is shorter than what the key store has seen, {len(places)} of "
                f"{seen.number} entries; restore its newest copy"
            )
        if seen is not None and places[seen.number - 1].hash != seen.hash:
            raise KeyStoreError(
                f"entry {seen.number} of the erasure ledger {self.file} is not the one that the key store has seen; "
                "restore its newest copy"
            )
        return places

    def _show(self, places: list[_Place]) -> None:
        if self._witness is not None and places:
            self._witness.see(places[-1].seen)

    def _walk(self, raw: bytes, *, signed: Signed = _all) -> Iterator[_Place]:
        """Each entry and its place. Of those that need not be ``signed`` only the chain is looked at."""
        before, end = START, 0
        for number, note in enumerate(_notes(raw), 1):
            entry = _parse(note, number, before)
            if entry is None or (signed(entry) and self._note(entry, before) != note):
                raise KeyStoreError(
                    f"entry {number} of the erasure ledger {self.file} is not as it was written; restore its copy"
                )
            before, end = _hash(note), end + len(note)
            yield _Place(entry, before, end)


@dataclass(frozen=True, slots=True)
class _Place:
    """An entry, the hash of its note, and the byte its note ends at."""

    entry: Erasure
    hash: bytes
    end: int

    @property
    def seen(self) -> LedgerEnd:
        """What a witness remembers of it."""
        return LedgerEnd(self.entry.number, self.hash)


def _end(places: list[_Place]) -> int:
    return places[-1].end if places else 0


def _notes(raw: bytes) -> Iterator[bytes]:
    """The notes that are there as a whole. A crash leaves the beginning of one, or zeros that were never written."""
    lines = raw.rstrip(b"\0").split(b"\n")
    for start in range(0, len(lines) - LINES, LINES):
        yield b"\n".join(lines[start : start + LINES]) + b"\n"


def _parse(note: bytes, number: int, before: bytes) -> Erasure | None:
    """The entry that stands at this place; None for anything else."""
    with suppress(ValueError):
        lines = note.decode().split("\n")
        kind, _, subject = lines[3].partition(" ")
        if lines[1] != str(number) or lines[2] != to_base64(before):
            return None
        at = datetime.strptime(lines[5], "%Y-%m-%dT%H:%M:%S.%f%z")
        return Erasure(number, Subject(SubjectKind(int(kind)), UUID(subject)), UUID(lines[4]), at)
    return None


def _hash(note: bytes) -> bytes:
    return hashlib.sha256(note).digest()
