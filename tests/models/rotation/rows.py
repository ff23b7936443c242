"""Sealed rows of an application as they lie in its database."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from portal.extensions import db
from portal.models.accounts import Person

PERSONS: Any = Person.__table__
INDEXES = [column for column in PERSONS.c if column.info.get("blind_index")]


def indexes() -> dict[UUID, tuple[object, ...]]:
    """Every index of every person."""
    with db.engine.connect() as connection:
        return {row[0]: tuple(row[1:]) for row in connection.execute(select(PERSONS.c.id, *INDEXES))}


def emptied() -> None:
    """As after a restore: no index anywhere."""
    with db.engine.begin() as connection:
        connection.execute(update(PERSONS).values(dict.fromkeys((column.name for column in INDEXES), None)))
