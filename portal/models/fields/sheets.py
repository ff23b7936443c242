"""A table with all its sealed columns, read and written past the library's types: for work on every row there is.

Row by row and place by place through the library costs several times what the ciphers do. Values are what the driver
gives and takes, and each database is told in the words that it takes many rows in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Text,
    Update,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.types import NullType

from portal.models.fields.places import Place, places
from portal.models.fields.walking import looking

NOTHING = "-"  # where hex digits are for something

# id, kind, subject, then a blob or None for each place
Line = tuple[Any, ...]
# id, the blobs as they were read, the blobs that shall be
Exchange = tuple[Any, ...]


class Sheet:
    """All places of one table. ``name``, by which a cursor calls it, is the first one's."""

    def __init__(self, members: Sequence[Place]) -> None:
        self.places, self.table, self.name = members, members[0].table, members[0].name
        self.labels = [None if place.group is None else place.label for place in members]
        self._columns = [self.table.c[place.column] for place in members]
        self._before = [f"was_{one.name}" for one in self._columns]
        self._after = [f"to_{one.name}" for one in self._columns]
        self._names = ["row", *self._before, *self._after]

    def before(self, one: Exchange) -> Exchange:
        """The blobs as they were read."""
        return one[1 : 1 + len(self.places)]

    def after(self, one: Exchange) -> Exchange:
        """The blobs that shall be."""
        return one[1 + len(self.places) :]

    def behind(self, after: UUID, limit: int) -> list[Line]:
        """The next rows by id."""
        return self._read(self.table.c.id > after, limit)

    def again(self, ids: Iterable[UUID | bytes]) -> list[Line]:
        """These rows as they are now, as far as they still are."""
        return self._read(self.table.c.id.in_([as_uuid(one) for one in ids]))

    def exchange(self, connection: Connection, wanted: Sequence[Exchange]) -> int:
        """Write the rows in which every blob still is the one that was read; how many were."""
        dialect = connection.dialect
        if dialect.name == "sqlite":
            said = self._by_row().compile(dialect=dialect)
            in_order = itemgetter(*(self._names.index(name) for name in said.positiontup or ()))
            return connection.exec_driver_sql(str(said), list(map(in_order, wanted))).rowcount
        ids, *blobs = zip(*wanted, strict=True)
        said = self._at_once().compile(dialect=dialect)
        given = said.params | {"row": ",".join([one.hex for one in ids]), "first": min(ids), "last": max(ids)}
        for name, values in zip(self._names[1:], blobs, strict=True):
            given[name] = ",".join([NOTHING if one is None else one.hex() for one in values])
        return connection.exec_driver_sql(str(said), given).rowcount

    def _read(self, which: ColumnElement[bool], limit: int | None = None) -> list[Line]:
        columns = [self.table.c.id, self.table.c.subject_kind, self.table.c.subject_id, *self._columns]
        wanted = select(*(type_coerce(one, NullType()) for one in columns)).where(which).limit(limit)
        with looking() as connection, connection.execute(wanted.order_by(self.table.c.id)) as result:
            assert result.cursor is not None
            return list(result.cursor.fetchall())

    def _by_row(self) -> Update:
        """A statement that takes one row at a time."""
        same = [
            one.is_not_distinct_from(bindparam(name)) for one, name in zip(self._columns, self._before, strict=True)
        ]
        to: dict[str, Any] = {one.name: bindparam(name) for one, name in zip(self._columns, self._after, strict=True)}
        return update(self.table).where(self.table.c.id == bindparam("row"), *same).values(to)

    def _at_once(self) -> Update:
        """A statement that takes all of them, a text of hex digits for each column: the driver is slow at arrays."""
        texts = [func.string_to_array(bindparam(name, type_=Text), ",", NOTHING) for name in self._names]
        named = (column(name, Text) for name in self._names)
        given = func.unnest(*texts).table_valued(*named, name="given").render_derived()

        def of(name: str) -> ColumnElement[bytes]:
            return func.decode(given.c[name], "hex", type_=LargeBinary)

        same = [one.is_not_distinct_from(of(name)) for one, name in zip(self._columns, self._before, strict=True)]
        to: dict[str, Any] = {one.name: of(name) for one, name in zip(self._columns, self._after, strict=True)}
        # Where they lie, for a server that has not counted its rows lately would look at all of them.
        near = self.table.c.id.between(bindparam("first"), bindparam("last"))
        return update(self.table).where(near, self.table.c.id == cast(given.c.row, Uuid), *same).values(to)


def as_uuid(given: UUID | bytes) -> UUID:
    """An id as one driver or the other gives it."""
    return given if isinstance(given, UUID) else UUID(bytes=given)


def sheets() -> list[Sheet]:
    """Every table with something sealed, ordered by name."""
    tables: dict[str, list[Place]] = {}
    for place in places():
        tables.setdefault(place.table.name, []).append(place)
    return [Sheet(members) for members in tables.values()]
