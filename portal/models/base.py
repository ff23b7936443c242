"""What every row is made of: its id, its times, and the column types both databases share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import uuid6
from sqlalchemy import BINARY, DateTime, Dialect, LargeBinary, Uuid
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from portal.extensions import Model, db

__all__ = ["Id", "Identified", "Instant", "Model", "columns", "count_up", "db", "insert", "new_id"]


def new_id() -> UUID:
    """A fresh UUIDv7: ordered by time, and known before the row is written, because seals bind it."""
    return UUID(bytes=uuid6.uuid7().bytes)


class Id(TypeDecorator[UUID]):
    """A UUID: 16 bytes on SQLite, ``uuid`` on PostgreSQL."""

    impl = BINARY(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid(as_uuid=True))
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        return value if value is None or isinstance(value, UUID) else UUID(bytes=bytes(value))


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, always aware in Python; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Identified:
    """A row with a UUIDv7 that is assigned when the object is made, not when it is written."""

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)

    def __init__(self, **values: Any) -> None:
        values.setdefault("id", new_id())
        super().__init__(**values)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"


def columns(model: type[Model]) -> Any:
    """The columns of a model's table by name, for a query that every request asks: it needs no mapped object."""
    return model.__table__.c


def insert(model: type[Model]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what happens when the row is there already (``on_conflict_do_...``)."""
    table: Any = model.__table__
    return postgresql.insert(table) if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert(table)


def count_up(counter: InstrumentedAttribute[int], name: str) -> int:
    """Raise a counter, given by its column and the ``name`` of its row, and return its new value; the first is 1.

    One statement, so that of two transactions that begin the same counter the second waits and goes on counting. Its
    row stays locked until the commit: count last.
    """
    model: Any = counter.class_
    began = insert(model).values({"name": name, counter.key: 1})
    counted = began.on_conflict_do_update(index_elements=["name"], set_={counter.key: counter + 1}).returning(counter)
    value: int = db.session.execute(counted).scalar_one()
    return value
