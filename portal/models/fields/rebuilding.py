"""Blind indexes made anew from what is sealed: after a restore, and whenever they are in doubt."""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import Update, bindparam, select, update

from portal.models.fields.opening import Opened, opened
from portal.models.fields.places import Place, places
from portal.models.fields.walking import Rows, changing, looking, row_columns, walk
from portal.vault import ring
from portal.vault.work import Progress

ATTEMPTS = 5  # a row that somebody writes each time is put right by who writes it

log = structlog.get_logger()


def rebuild_indexes(progress: Progress) -> int:
    """Fill every index column from the opened groups; returns how many rows were written.

    One of the verbs that commit: each batch by itself, so the caller holds no transaction. Every process may go on
    writing meanwhile. Rows of erased subjects get none; a row that does not open keeps none and is logged. Raises
    KeyMissing where the key store is older than the database.
    """
    written = 0
    for place, rows in walk(progress, indexed_places(), _index_columns):
        for _attempt in range(ATTEMPTS):
            changes = _changes(place, rows)
            done = _write(place, changes)
            written += done
            if done == len(changes):
                break
            rows = _again(place, rows)
    return written


def indexed_places() -> list[Place]:
    """The places whose group has an index."""
    return [place for place in places() if place.group.indexes]


def _index_columns(place: Place) -> list[Any]:
    return [place.table.c[name] for name in place.group.index_columns]


def _changes(place: Place, rows: Rows) -> list[dict[str, Any]]:
    """Parameters for the rows whose indexes are not what they must be."""
    names, keyring, changes = place.group.index_columns, ring(), []
    for row, values in zip(rows, opened(place, rows), strict=True):
        if values is Opened.BROKEN:
            log.warning("index.unreadable", table=place.table.name, row=row.id.hex)
        found = place.group.indexed(place.model, {} if isinstance(values, Opened) else values, keyring)
        if any(found[name] != getattr(row, name) for name in names):
            changes.append({"at": row.id, "old": row.blob} | {f"new_{name}": found[name] for name in names})
    return changes


def _write(place: Place, changes: list[dict[str, Any]]) -> int:
    """Write where the blob is still the one that was opened; returns how many were."""
    done = 0
    sealed = [change for change in changes if change["old"] is not None]
    empty = [
        {key: value for key, value in change.items() if key != "old"} for change in changes if change["old"] is None
    ]
    if changes:
        with changing() as connection:
            for statement, batch in ((_statement(place, True), sealed), (_statement(place, False), empty)):
                done += connection.execute(statement, batch).rowcount if batch else 0
    return done


def _statement(place: Place, sealed: bool) -> Update:
    table, blob = place.table, place.table.c[place.group.column]
    still = blob == bindparam("old") if sealed else blob.is_(None)
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in place.group.index_columns}
    return update(table).where(table.c.id == bindparam("at"), still).values(values)


def _again(place: Place, rows: Rows) -> Rows:
    """The same rows as they are now, as far as they still are."""
    wanted = select(*row_columns(place), *_index_columns(place)).where(place.table.c.id.in_([row.id for row in rows]))
    with looking() as connection:
        return connection.execute(wanted).all()
