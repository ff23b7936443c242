"""Data keys by the epoch they are wrapped under: what a roll asks of the key store."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from typing import Any

from sqlalchemy import func, select

from portal.vault.keystore import KeyStore
from portal.vault.stores import data_keys

# kind, subject id, version, epoch, wrapped
Kept = tuple[int, bytes, int, int, bytes]
# the new epoch, wrapped under it, kind, subject id, version, the epoch before
Moved = tuple[int, bytes, int, bytes, int, int]

_NOTHING: Kept = (0, b"", 0, 0, b"")  # no kind is less
_table = data_keys.c
# In the words of the two drivers, for a thousand rows through the library cost three times as much; and in the order
# of the primary key, for a look through the index of epochs costs as much again. What a killed run has moved already
# is passed over then, which costs little beside the moving.
_SOME = """
    SELECT kind, subject, version, epoch, wrapped FROM vault_data_key
    WHERE (kind, subject, version) > ({0}, {0}, {0}) AND epoch < {0} ORDER BY kind, subject, version LIMIT {0}
"""
# By compare-and-swap: a key that was erased meanwhile, or moved already, is no row to be updated.
_ON_FILE = """
    UPDATE vault_data_key SET epoch = ?, wrapped = ?
    WHERE kind = ? AND subject = ? AND version = ? AND +epoch = ?
"""
# Keys with all but two columns in common, which most have: members of arrays cost more than their encryption. Between
# the first and the last subject, or the server looks at every key there is each time.
_ON_SERVER = """
    UPDATE vault_data_key AS kept SET epoch = %(after)s, wrapped = moved.wrapped
    FROM (
        SELECT substring(%(subjects)s::bytea, 16 * n + 1, 16) AS subject,
            substring(%(wrapped)s::bytea, 60 * n + 1, 60) AS wrapped
        FROM generate_series(0, %(many)s - 1) AS n
    ) AS moved
    WHERE kept.kind = %(kind)s AND kept.subject BETWEEN %(first)s AND %(last)s AND kept.version = %(version)s
        AND kept.subject = moved.subject AND kept.epoch + 0 = %(before)s
"""


def count_before(store: KeyStore, epoch: int) -> int:
    """How many keys are wrapped under older epochs."""
    with store.reading() as connection:
        return connection.scalar(select(func.count()).where(_table.epoch < epoch)) or 0


def some_before(store: KeyStore, epoch: int, limit: int, after: Kept | None = None) -> list[Kept]:
    """The next keys behind ``after`` that are wrapped under older epochs, as the driver gives them."""
    asked = _SOME.format("%s" if store.file is None else "?")
    with closing(store.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute(asked, (*(after or _NOTHING)[:3], epoch, limit))
        found: Any = cursor.fetchall()
    return list(found)


def move(store: KeyStore, moved: list[Moved]) -> None:
    """Keep each key as it is wrapped now, in one transaction."""
    with store.writing() as connection:
        if store.file is not None:
            connection.exec_driver_sql(_ON_FILE, moved)
            return
        alike: dict[tuple[int, int, int, int], list[Moved]] = defaultdict(list)
        for row in moved:
            alike[row[0], row[2], row[4], row[5]].append(row)  # still in the order of their subjects
        for together in alike.values():
            connection.exec_driver_sql(_ON_SERVER, _together(together))


def _together(rows: list[Moved]) -> dict[str, object]:
    after, _, kind, first, version, before = rows[0]
    return {
        "after": after,
        "kind": kind,
        "version": version,
        "before": before,
        "first": first,
        "last": rows[-1][3],
        "many": len(rows),
        "subjects": b"".join([row[3] for row in rows]),
        "wrapped": b"".join([row[1] for row in rows]),
    }


def keys_in_epochs(store: KeyStore) -> dict[int, int]:
    """How many keys each epoch wraps; an epoch without any is not among them."""
    with store.reading() as connection:
        rows = connection.execute(select(_table.epoch, func.count()).group_by(_table.epoch)).all()
    return {row[0]: row[1] for row in rows}
