"""What goes from the database and the store of objects once a subject's keys are gone; once more does no harm.

Nothing here names a table: every sealed row, of whatever model, says whose key seals it, and every column that is
sealed or indexes something sealed is marked so. What is not sealed stays: the skeleton of homes, tickets and times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, or_, select, update

from portal.models.base import Model, columns, db
from portal.models.fields import SealedRow
from portal.models.fields.columns import GUARDED
from portal.models.files import Attachment
from portal.models.files.sealed_file import SealedFile
from portal.models.queue import later
from portal.vault import Subject, SubjectKind

BATCH = 200
_BINDING = ("subject_kind", "subject_id")


@dataclass(slots=True)
class Destroyed:
    """What there was: the subjects that had something, how many sealed rows, how many files."""

    subjects: set[Subject] = field(default_factory=set)
    texts: int = 0
    files: int = 0


def destroy(subjects: Sequence[Subject]) -> Destroyed:
    """Empty every sealed group and blind index of the subjects, and let their files go, in the caller's transaction.

    The unit of work would open a row before it writes it, and these can be opened no more: it is told afterwards.
    """
    found = Destroyed()
    db.session.flush()
    for start in range(0, len(subjects), BATCH):
        batch = subjects[start : start + BATCH]
        for table, marked in _sealed_tables():
            _empty(table, marked, batch, found)
        _drop_files(batch, found)
    db.session.expire_all()
    return found


def _empty(table: Table, marked: list[str], subjects: Sequence[Subject], found: Destroyed) -> None:
    theirs = _of(table.c, subjects) & or_(*(table.c[name].is_not(None) for name in marked))
    connection = db.session.connection()
    rows = connection.execute(select(table.c.subject_kind, table.c.subject_id).where(theirs)).all()
    if rows:
        connection.execute(update(table).where(theirs).values(dict.fromkeys(marked)))
        found.subjects |= _subjects(rows)
        found.texts += len(rows)


def _drop_files(subjects: Sequence[Subject], found: Destroyed) -> None:
    """The rows go in this transaction, the objects by jobs once they are gone."""
    file = columns(SealedFile)
    rows = db.session.execute(select(file.id, file.subject_kind, file.subject_id).where(_of(file, subjects))).all()
    for start in range(0, len(rows), BATCH):
        ids = [row.id for row in rows[start : start + BATCH]]
        db.session.execute(update(Attachment).where(Attachment.thumbnail_id.in_(ids)).values(thumbnail_id=None))
        db.session.execute(delete(Attachment).where(Attachment.file_id.in_(ids)))
        db.session.execute(delete(SealedFile).where(SealedFile.id.in_(ids)))
        for one in ids:
            later("files.remove_object", file=str(one), key=f"remove:{one}")
    found.subjects |= _subjects(row[1:] for row in rows)
    found.files += len(rows)


def _subjects(rows: Iterable[Any]) -> set[Subject]:
    """Kind and id as the database gives them: an id is 16 bytes or a UUID."""
    return {Subject(SubjectKind(kind), _uuid(found)) for kind, found in rows}


def _uuid(found: UUID | bytes) -> UUID:
    return found if isinstance(found, UUID) else UUID(bytes=found)


def _sealed_tables() -> Iterator[tuple[Table, list[str]]]:
    """Every table with sealed rows, and its marked columns that may be null."""
    for mapper in Model.registry.mappers:
        table = mapper.local_table
        if issubclass(mapper.class_, SealedRow) and isinstance(table, Table):
            marked = [column.name for column in table.c if _is_marked(column)]
            if marked:
                yield table, marked


def _is_marked(column: Any) -> bool:
    return column.nullable and column.name not in _BINDING and GUARDED.items() <= column.info.items()


def _of(columns: Any, subjects: Sequence[Subject]) -> ColumnElement[bool]:
    kinds: dict[int, list[UUID]] = {}
    for subject in subjects:
        kinds.setdefault(int(subject.kind), []).append(subject.id)
    return or_(*((columns.subject_kind == kind) & columns.subject_id.in_(ids) for kind, ids in kinds.items()))
