"""A row with sealed groups: whose key seals them, and what must not be carried along with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import BINARY, Dialect, LargeBinary, SmallInteger, Uuid, event
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from portal.models.fields.columns import GUARDED
from portal.vault import Subject, SubjectKind

OPENED = "_opened "
_KINDS = {int(kind): bytes((kind,)) for kind in SubjectKind}


class SubjectId(TypeDecorator[Any]):
    """The same column as ``Id``, but read as the database gives it: UUID or 16 bytes.

    Every sealed row of every list has one, and nobody reads it but to bind it; making a UUID of it each time would
    cost as much as the cipher. Queries compare it with a UUID.
    """

    impl = BINARY(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid(as_uuid=True))
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: UUID | bytes | None, dialect: Dialect) -> UUID | bytes | None:
        if value is None:
            return None
        raw = _bytes(value)
        return UUID(bytes=raw) if dialect.name == "postgresql" else raw

    def compare_values(self, x: UUID | bytes | None, y: UUID | bytes | None) -> bool:
        return (x and _bytes(x)) == (y and _bytes(y))


class SealedRow:
    """Mixin: the subject whose key seals the row's groups. Null only while nothing in the row is sealed.

    The row's id and subject are bound into every blob. Once there are blobs, only ``reseal`` changes the subject.
    """

    if TYPE_CHECKING:
        id: Mapped[UUID]

    subject_kind: Mapped[int | None] = mapped_column(SmallInteger, info=dict(GUARDED))
    # Indexed: an erasure asks every table for what its subjects sealed.
    subject_id: Mapped[Any | None] = mapped_column(SubjectId, index=True, info=dict(GUARDED))

    @property
    def sealed_subject(self) -> Subject | None:
        """Whose key seals this row."""
        packed = packed_subject(self)
        return None if packed is None else Subject(SubjectKind(packed[0]), UUID(bytes=packed[1:]))

    @sealed_subject.setter
    def sealed_subject(self, subject: Subject | None) -> None:
        self.subject_kind = None if subject is None else int(subject.kind)
        self.subject_id = None if subject is None else subject.id

    def __getstate__(self) -> dict[str, Any]:
        """What a pickle or copy takes along: blobs, never what was opened."""
        return {name: value for name, value in self.__dict__.items() if not name.startswith(OPENED)}


def packed_subject(row: SealedRow) -> bytes | None:
    """The row's subject as associated data has it, kind(1) | id(16); None without one, or of a kind that is none."""
    held = row.__dict__
    kind, subject = held.get("subject_kind"), held.get("subject_id")
    if kind is None or subject is None:  # expired, or there is none
        kind, subject = row.subject_kind, row.subject_id
        if kind is None or subject is None:
            return None
    first = _KINDS.get(kind)
    return None if first is None else first + _bytes(subject)


def _bytes(value: UUID | bytes) -> bytes:
    return value.bytes if isinstance(value, UUID) else value


@event.listens_for(SealedRow, "expire", propagate=True)
def _drop_opened(row: SealedRow | None, _attributes: object) -> None:
    if row is None:  # collected already: nothing of it is left to drop
        return
    for name in [name for name in row.__dict__ if name.startswith(OPENED)]:
        del row.__dict__[name]
