"""Sealed rows of an application as they lie in its database, and what is in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from portal.extensions import Model, db
from portal.models.accounts import Person
from portal.models.fields.opening import looked_into
from portal.models.fields.places import places
from portal.models.fields.walking import looking, read

PERSONS: Any = Person.__table__
INDEXES = [column for column in PERSONS.c if column.info.get("blind_index")]


def indexes() -> dict[UUID, tuple[object, ...]]:
    """Every index of every person."""
    with looking() as connection:
        return {row[0]: tuple(row[1:]) for row in connection.execute(select(PERSONS.c.id, *INDEXES))}


def emptied() -> None:
    """As after a restore: no index anywhere."""
    with db.engine.begin() as connection:
        connection.execute(update(PERSONS).values(dict.fromkeys((column.name for column in INDEXES), None)))


def blobs() -> dict[tuple[str, UUID], bytes]:
    """Every blob by place and row."""
    rows = [(place.name, row) for place in places() for row in read(place)]
    return {(name, row.id): bytes(row.blob) for name, row in rows if row.blob is not None}


def values() -> dict[tuple[str, UUID], object]:
    """What every blob holds; it must open."""
    found: dict[tuple[str, UUID], object] = {}
    for place in places():
        rows = read(place)
        for row, opened in zip(rows, looked_into(place, rows), strict=True):
            found[place.name, row.id] = opened
    return found


def unsealed() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, without what is sealed or indexed."""
    found = {}
    with looking() as connection:
        for name, table in Model.metadata.tables.items():
            columns = [column for column in table.c if not column.info.get("sealed")]
            found[name] = sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr)
    return found


def write_blob(person_id: UUID, blob: bytes) -> None:
    """Past everything, as a process that knew an older key would."""
    with db.engine.begin() as connection:
        connection.execute(update(PERSONS).where(PERSONS.c.id == person_id).values(contact_sealed=blob))


def command(app: Flask, *words: str) -> str:
    """Run a command of ``keys`` that must succeed; what it said."""
    run = app.test_cli_runner().invoke(args=["keys", *words])
    assert run.exit_code == 0, (run.output, run.exception)
    return run.output
