"""The session seals before it writes, and keeps bulk statements away from what only the unit of work may write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

from portal.models.base import db
from portal.models.fields.columns import GUARDED
from portal.models.fields.draft import Draft
from portal.models.fields.field import SealedField
from portal.models.fields.group import SealedGroup
from portal.models.fields.row import SealedRow
from portal.vault import Subject, ring

_BOUND = frozenset(("id", "subject_kind", "subject_id"))
_groups: dict[type[object], tuple[SealedGroup, ...]] = {}


def groups_of(model: type[object]) -> tuple[SealedGroup, ...]:
    """The sealed groups a model declares, its bases' included."""
    found = _groups.get(model)
    if found is None:
        declared = [value for base in model.__mro__ for value in vars(base).values()]
        found = _groups[model] = tuple(value for value in declared if isinstance(value, SealedGroup))
    return found


def reseal(row: SealedRow, subject: Subject) -> None:
    """Move every group of the row to another subject's key, or to the newest key of the same; written at the flush.

    Raises SealError, Erased or KeyMissing when a group cannot be opened first.
    """
    for group in groups_of(type(row)):
        group.draft(row, group.values(row))
    row.sealed_subject = subject


@event.listens_for(db.session, "before_flush")
def _seal(session: Session, _context: object, _instances: object) -> None:
    rows = [row for row in (*session.new, *session.dirty) if isinstance(row, SealedRow)]
    filled = [(row, group) for row in rows for group in _touched(row) if not group.cleared(row)]
    if not filled:
        return
    keyring = ring()
    drafts = (row for row, group in filled if type(row.__dict__.get(group.column)) is Draft)
    keyring.ensure(*{subject for row in drafts if (subject := row.sealed_subject) is not None})
    for row, group in filled:
        group.settle(row, keyring)


def _touched(row: SealedRow) -> Iterator[SealedGroup]:
    """The groups of which anything may be written: blob, index, or what the blob is bound to."""
    unmodified = inspect(row).unmodified
    bound = not unmodified >= _BOUND
    for group in groups_of(type(row)):
        columns = {group.column, *group.index_columns}
        if bound or not unmodified >= columns:
            yield group


@event.listens_for(db.session, "do_orm_execute")
def _guard(state: ORMExecuteState) -> None:
    if state.is_update:
        guarded = _guarded(state)
        for name in _written(state):
            if name in guarded:
                raise TypeError(f"{name} is sealed or indexes something sealed: change it on its rows, not in bulk")


def _guarded(state: ORMExecuteState) -> set[str]:
    """The names an UPDATE of this table may not set: its marked columns, and the sealed attributes of its model."""
    statement: Any = state.statement
    names = {column.key for column in statement.table.c if any(map(_is_guarded, column.base_columns))}
    mapper = state.bind_mapper
    bases = mapper.class_.__mro__ if mapper is not None else ()
    kinds = (SealedField, SealedGroup)
    return names | {name for base in bases for name, value in vars(base).items() if isinstance(value, kinds)}


def _is_guarded(column: Any) -> bool:
    return GUARDED.items() <= getattr(column, "info", {}).items()


def _written(state: ORMExecuteState) -> Iterator[str]:
    """The names an UPDATE sets, from its VALUES in either form and from the parameters of a bulk update by id."""
    statement: Any = state.statement
    parameters: Any = state.parameters or ()
    for row in [parameters] if isinstance(parameters, Mapping) else parameters:
        yield from row
    for column in dict(statement._values or ()):
        yield str(getattr(column, "key", column))
