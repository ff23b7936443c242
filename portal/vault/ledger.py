"""The erasure ledger: who was erased, in a file outside both stores, which a restored store is brought up to.

One signed note after another, eight lines each. An entry holds ids and a time, never a personal value; its number and
the hash of the entry before show a cut or a swap in the middle. It is on the disk before the first key is destroyed, so
what a crash left half-written at the end stands for an erasure that had not begun: it is taken away by the next entry.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from portal.vault.chain import instant_text
from portal.vault.errors import KeyStoreError
from portal.vault.signed_note import sign, to_base64
from portal.vault.subjects import Subject, SubjectKind

START = bytes(32)
LINES = 8  # six of the text, an empty one, the signature
_READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Erasure:
    """One subject that was erased. ``request`` is the id of the request it was asked for in; ``at`` is aware."""

    number: int
    subject: Subject
    request: UUID
    at: datetime


class Ledger:
    """The ledger of one installation. ``seed`` is its ``audit`` secret. Without a file nobody was ever erased."""

    def __init__(self, file: Path, installation: UUID, seed: bytes) -> None:
        self.file = file
        self._origin = f"anju/{installation.hex}/erasure"
        self._seed = seed

    def entries(self) -> list[Erasure]:
        """Everybody who was erased, in order. Raises KeyStoreError where an entry is not as it was written."""
        return [place.entry for place in self._walk(self._text())]

    def of_request(self, request: UUID) -> list[Subject]:
        """The subjects of a request."""
        return [entry.subject for entry in self.entries() if entry.request == request]

    def add(self, subjects: Iterable[Subject], request: UUID, at: datetime) -> int:
        """Name the subjects, on the disk when this returns; those named before stay as they are. How many are new.

        Raises KeyStoreError where the file is damaged or cannot be written: then nothing may be destroyed.
        """
        try:
            with self._held() as opened:
                return self._append(opened, subjects, request, at)
        except OSError as error:
            raise KeyStoreError(
                f"the erasure ledger {self.file} cannot be written ({error.strerror}); nothing was erased"
            ) from None

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

    def _append(self, opened: int, subjects: Iterable[Subject], request: UUID, at: datetime) -> int:
        kept = list(self._walk(_whole(opened), signed=False))
        known = {place.entry.subject for place in kept}
        number, end, before = (kept[-1].entry.number, kept[-1].end, kept[-1].hash) if kept else (0, 0, START)
        fresh = b""
        for subject in dict.fromkeys(subjects):
            if subject not in known:
                number += 1
                note = self._note(Erasure(number, subject, request, at), before)
                before = _hash(note)
                fresh += note
        if fresh:
            os.ftruncate(opened, end)
            os.lseek(opened, end, os.SEEK_SET)
            _write(opened, fresh)
        os.fsync(opened)  # also what a killed process wrote and did not see through
        _settle(self.file.parent)
        return number - len(kept)

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

    def _walk(self, raw: bytes, *, signed: bool = True) -> Iterator[_Place]:
        """Each entry and its place. Without ``signed`` only the chain is looked at, which is all that adding needs."""
        before, end = START, 0
        for number, note in enumerate(_notes(raw), 1):
            entry = _parse(note, number, before)
            if entry is None or (signed and self._note(entry, before) != note):
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


def _whole(opened: int) -> bytes:
    parts = iter(lambda: os.read(opened, _READ), b"")
    return b"".join(parts)


def _write(opened: int, content: bytes) -> None:
    """All of it: the system may take less at a time."""
    left = memoryview(content)
    while left:
        left = left[os.write(opened, left) :]


def _settle(folder: Path) -> None:
    """Have the folder remember the file."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
