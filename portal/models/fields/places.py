"""Every place where something sealed lies, found from the models themselves: what works on all of them forgets none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table

from portal.extensions import Model
from portal.models.fields.flush import groups_of
from portal.models.fields.group import SealedGroup
from portal.models.fields.row import SealedRow


class Place:
    """One column of blobs of one table."""

    __slots__ = ("group", "model", "table")

    def __init__(self, model: type[Any], table: Table, group: SealedGroup) -> None:
        self.model, self.table, self.group = model, table, group

    @property
    def name(self) -> str:
        """How a cursor and a report call it: table.column."""
        return f"{self.table.name}.{self.group.column}"


def places() -> list[Place]:
    """All of them, ordered by name."""
    return sorted(_places(), key=lambda place: place.name)


def _places() -> Iterator[Place]:
    for mapper in Model.registry.mappers:
        table = mapper.local_table
        if issubclass(mapper.class_, SealedRow) and isinstance(table, Table):
            for group in groups_of(mapper.class_):
                yield Place(mapper.class_, table, group)
