"""A row with sealed groups: whose key seals them, and what must not be carried along with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import SmallInteger, event
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Id
from portal.models.fields.columns import GUARDED
from portal.vault import Subject, SubjectKind

OPENED = "_opened "


class SealedRow:
    """Mixin: the subject whose key seals the row's groups. Null only while nothing in the row is sealed.

    The row's id and subject are bound into every blob. Once there are blobs, only ``reseal`` changes the subject.
    """

    if TYPE_CHECKING:
        id: Mapped[UUID]

    subject_kind: Mapped[int | None] = mapped_column(SmallInteger, info=dict(GUARDED))
    subject_id: Mapped[UUID | None] = mapped_column(Id, info=dict(GUARDED))

    @property
    def sealed_subject(self) -> Subject | None:
        """Whose key seals this row."""
        kind, subject = self.subject_kind, self.subject_id
        return None if kind is None or subject is None else Subject(SubjectKind(kind), subject)

    @sealed_subject.setter
    def sealed_subject(self, subject: Subject | None) -> None:
        self.subject_kind = None if subject is None else int(subject.kind)
        self.subject_id = None if subject is None else subject.id

    def __getstate__(self) -> dict[str, Any]:
        """What a pickle or copy takes along: blobs, never what was opened."""
        return {name: value for name, value in self.__dict__.items() if not name.startswith(OPENED)}


@event.listens_for(SealedRow, "expire", propagate=True)
def _drop_opened(row: SealedRow, _attributes: object) -> None:
    for name in [name for name in row.__dict__ if name.startswith(OPENED)]:
        del row.__dict__[name]
