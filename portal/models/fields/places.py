"""Every place where something sealed lies, found from the models themselves: what works on all of them forgets none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Table

from portal.extensions import Model
from portal.models.fields.columns import FILE_KEY
from portal.models.fields.flush import groups_of
from portal.models.fields.group import SealedGroup
from portal.models.fields.row import SealedRow


class Place:
    """One column of blobs of one table; ``group`` is None where they are keys of files."""

    __slots__ = ("column", "group", "model", "table")

    def __init__(self, model: type[Any], table: Table, column: str, group: SealedGroup | None = None) -> None:
        self.model, self.table, self.column, self.group = model, table, column, group

    @property
    def name(self) -> str:
        """How a cursor calls it: table.column."""
        return f"{self.table.name}.{self.column}"

    @property
    def label(self) -> str:
        """What its blobs are bound to, and how a report calls it; ``file`` for keys of files."""
        return "file" if self.group is None else self.group.label

    @property
    def row_columns(self) -> list[ColumnElement[Any]]:
        """What is needed to open a row: ``id``, ``kind``, ``subject``, ``blob``."""
        columns = self.table.c
        kind, subject = columns.subject_kind.label("kind"), columns.subject_id.label("subject")
        return [columns.id, kind, subject, columns[self.column].label("blob")]

    @property
    def index_columns(self) -> list[str]:
        """The names of the columns its blind indexes lie in."""
        return [] if self.group is None else self.group.index_columns


def places() -> list[Place]:
    """All of them, ordered by name."""
    return sorted(_places(), key=lambda place: place.name)


def indexed_places() -> list[Place]:
    """Those whose group has a blind index."""
    return [place for place in places() if place.index_columns]


def _places() -> Iterator[Place]:
    for mapper in Model.registry.mappers:
        table = mapper.local_table
        if issubclass(mapper.class_, SealedRow) and isinstance(table, Table):
            for group in groups_of(mapper.class_):
                yield Place(mapper.class_, table, group.column, group)
            for column in table.c:
                if FILE_KEY.items() <= column.info.items():
                    yield Place(mapper.class_, table, column.name)
