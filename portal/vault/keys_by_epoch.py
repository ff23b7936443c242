"""Data keys by the epoch they are wrapped under: what a roll asks of the key store."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, func, select, update

from portal.vault.keystore import KeyStore, WrappedKey
from portal.vault.stores import data_keys

_table = data_keys.c
# By compare-and-swap: a key that was erased meanwhile, or moved already, is no row to be updated.
_move = (
    update(data_keys)
    .where(
        _table.kind == bindparam("of_kind"),
        _table.subject == bindparam("of_subject"),
        _table.version == bindparam("of_version"),
        _table.epoch == bindparam("before"),
    )
    .values(epoch=bindparam("after"), wrapped=bindparam("moved"))
)


def count_before(store: KeyStore, epoch: int) -> int:
    """How many keys are wrapped under older epochs."""
    with store.reading() as connection:
        return connection.scalar(select(func.count()).where(_table.epoch < epoch)) or 0


def some_before(store: KeyStore, epoch: int, limit: int) -> list[WrappedKey]:
    """Some of the keys that are wrapped under older epochs."""
    columns = _table.kind, _table.subject, _table.version, _table.epoch, _table.wrapped
    with store.reading() as connection:
        rows = connection.execute(select(*columns).where(_table.epoch < epoch).limit(limit)).all()
    return [
        WrappedKey(bytes((kind,)) + subject, version, number, bytes(wrapped))
        for kind, subject, version, number, wrapped in rows
    ]


def move(store: KeyStore, rows: Iterable[tuple[WrappedKey, bytes]], epoch: int) -> None:
    """Keep each key as it is wrapped under this epoch now, in one transaction."""
    moved = [
        {
            "of_kind": row.subject[0],
            "of_subject": row.subject[1:],
            "of_version": row.version,
            "before": row.epoch,
            "after": epoch,
            "moved": wrapped,
        }
        for row, wrapped in rows
    ]
    with store.writing() as connection:
        connection.execute(_move, moved)


def keys_in_epochs(store: KeyStore) -> dict[int, int]:
    """How many keys each epoch wraps; an epoch without any is not among them."""
    with store.reading() as connection:
        rows = connection.execute(select(_table.epoch, func.count()).group_by(_table.epoch)).all()
    return {row[0]: row[1] for row in rows}
