"""When the copies of a key store that still hold an erased key become unreadable too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from portal.vault.epochs import EpochStore
from portal.vault.errors import KeyStoreError
from portal.vault.stores import epochs

EPOCH = timedelta(days=30)


def unreadable_from(store: EpochStore, erased_at: datetime) -> datetime:
    """The roll after the next: then the epoch that wrapped the key is deleted, at most 60 days after the erasure.

    A roll is due 30 days after the newest epoch was made; one that is overdue is taken to come at once.
    """
    with store.reading() as connection:
        made = connection.scalar(select(func.max(epochs.c.made_at)))
    if made is None:
        raise KeyStoreError("the epoch store holds no epoch; restore it from its copy")
    next_roll = datetime.fromtimestamp(made, UTC) + EPOCH
    return min(max(next_roll, erased_at), erased_at + EPOCH) + EPOCH
