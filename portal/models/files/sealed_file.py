"""The row of a sealed file: its key, sealed under a subject; the object in the store is ciphertext and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import BinaryIO
from uuid import UUID

from flask import current_app
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.backends.storage import Storage, StorageError
from portal.extensions import reading
from portal.models.base import Identified, Instant, Model, db
from portal.models.fields import SealedRow, file_key_column
from portal.vault import Subject, VaultError, ring
from portal.vault.files import OpenedFile

ORPHAN_AGE = timedelta(days=1)
ASKED_AT_ONCE = 500


def storage() -> Storage:
    """The application's store of objects."""
    found: Storage = current_app.extensions["portal.storage"]
    return found


class SealedFile(SealedRow, Identified, Model):
    """One file. ``size`` is the plaintext's, in bytes; the object's name is the id in hex."""

    __tablename__ = "sealed_file"

    key_sealed: Mapped[bytes] = file_key_column()
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def store(cls, content: bytes, media_type: str, subject: Subject) -> SealedFile:
        """Seal a content held in memory, as ``store_stream`` does."""
        return cls.store_stream(BytesIO(content), media_type, subject)

    @classmethod
    def store_stream(cls, source: BinaryIO, media_type: str, subject: Subject) -> SealedFile:
        """Seal what ``source`` gives, two chunks in memory at a time: the object first, then the row joins the
        transaction. What reading the source raises leaves no object.

        The embedded database's write lock is held meanwhile if the transaction has begun: for a large content, call
        this first.
        """
        file = cls(media_type=media_type, made_at=clock.now())
        file.sealed_subject = subject
        ring().ensure(subject)
        sealer = ring().file_sealer(file.id, subject, source)
        storage().put_stream(file.object_name, sealer)
        file.key_sealed, file.size = sealer.blob, sealer.size
        db.session.add(file)
        return file

    @property
    def object_name(self) -> str:
        """The name of the object in the store."""
        return self.id.hex

    def read(self) -> bytes:
        """The whole plaintext. Raises as ``stream`` does."""
        return b"".join(self.stream())

    def opened(self) -> OpenedFile:
        """The file with its key open: its ``size`` is the one that was sealed. Raises SealError, Erased, KeyMissing."""
        subject = self.sealed_subject
        assert subject is not None  # a sealed file always has one
        return ring().opened_file(self.id, subject, self.key_sealed)

    def stream(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Content bytes ``start`` up to ``stop``, fetched and opened chunk by chunk, without session or context.

        Raises ValueError for a range outside the file, and now or at a later piece SealError, ObjectMissing or
        StorageError: what was given out by then is genuine.
        """
        opened = self.opened()
        found = storage().open(self.object_name, *opened.span(start, stop))
        return opened.read(found.pieces, found.length, start, stop)

    def move_to(self, subject: Subject) -> None:
        """Wrap the same file key for another subject; the object stays as it is."""
        before = self.sealed_subject
        assert before is not None
        if before == subject:
            return
        ring().ensure(subject)
        self.key_sealed = ring().rewrap_file(self.id, before, subject, self.key_sealed)
        self.sealed_subject = subject


def object_opens(file_id: UUID) -> bool:
    """Whether the whole object of a file opens; that of a file which is gone by now need not."""
    with reading():
        try:
            file = db.session.get(SealedFile, file_id)
            return file is None or file.read() is not None
        except (StorageError, VaultError):
            return False
        finally:
            db.session.rollback()


def remove_object(file_id: UUID) -> None:
    """Delete the object of a row that is gone; an object that is gone already is fine."""
    storage().delete(file_id.hex)


def sweep_objects() -> int:
    """Delete objects that have stood without a row for a day (their request died in between); returns how many.

    The store is listed before the database is asked, and that by hundreds: both hold every photo there is.
    """
    listed = [name for name in storage().older_than(clock.now() - ORPHAN_AGE) if len(name) == 32]
    gone = 0
    for start in range(0, len(listed), ASKED_AT_ONCE):
        names = {UUID(name): name for name in listed[start : start + ASKED_AT_ONCE]}
        kept = db.session.scalars(select(SealedFile.id).where(SealedFile.id.in_(names)))
        for orphan in names.keys() - set(kept):
            storage().delete(names[orphan])
            gone += 1
    return gone


def sweep_unfinished() -> int:
    """Delete what a killed process left half-written in the store a day ago; returns how many."""
    return storage().sweep_unfinished(clock.now() - ORPHAN_AGE)
