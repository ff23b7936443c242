"""Data keys by the epoch they are wrapped under: what a roll asks of the key store."""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import func, select

from portal.vault.keystore import KeyStore
from portal.vault.stores import data_keys

# kind, subject id, version, epoch, wrapped
Kept = tuple[int, bytes, int, int, bytes]
# the new epoch, wrapped under it, kind, subject id, version, the epoch before
Moved = tuple[int, bytes, int, bytes, int, int]

_table = data_keys.c
# By compare-and-swap: a key that was erased meanwhile, or moved already, is no row to be updated. In the words of the
# two drivers, for a thousand rows through the library cost three times as much.
_ON_FILE = """
    UPDATE vault_data_key SET epoch = ?, wrapped = ?
    WHERE kind = ? AND subject = ? AND version = ? AND epoch = ?
"""
_ON_SERVER = """
    UPDATE vault_data_key AS kept SET epoch = moved.after, wrapped = moved.wrapped
    FROM unnest(%s::bigint[], %s::bytea[], %s::smallint[], %s::bytea[], %s::integer[], %s::bigint[])
        AS moved (after, wrapped, kind, subject, version, before)
    WHERE kept.kind = moved.kind AND kept.subject = moved.subject AND kept.version = moved.version
        AND kept.epoch = moved.before
"""


def count_before(store: KeyStore, epoch: int) -> int:
    """How many keys are wrapped under older epochs."""
    with store.reading() as connection:
        return connection.scalar(select(func.count()).where(_table.epoch < epoch)) or 0


def some_before(store: KeyStore, epoch: int, limit: int) -> list[Kept]:
    """Some of the keys that are wrapped under older epochs, as the driver gives them."""
    columns = _table.kind, _table.subject, _table.version, _table.epoch, _table.wrapped
    asked = select(*columns).where(_table.epoch < epoch).limit(limit)
    with closing(store.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute(str(asked.compile(store.engine, compile_kwargs={"literal_binds": True})))
        return list(cursor.fetchall())


def move(store: KeyStore, moved: list[Moved]) -> None:
    """Keep each key as it is wrapped now, in one transaction."""
    with store.writing() as connection:
        if store.file is not None:
            connection.exec_driver_sql(_ON_FILE, moved)
        else:
            connection.exec_driver_sql(_ON_SERVER, tuple(map(list, zip(*moved, strict=True))))


def keys_in_epochs(store: KeyStore) -> dict[int, int]:
    """How many keys each epoch wraps; an epoch without any is not among them."""
    with store.reading() as connection:
        rows = connection.execute(select(_table.epoch, func.count()).group_by(_table.epoch)).all()
    return {row[0]: row[1] for row in rows}
