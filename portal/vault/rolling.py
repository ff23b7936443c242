"""A new epoch: every data key is wrapped again under a new epoch key, while the portal serves.

The generation is raised between the making of the epoch and the first key that moves. Whoever gives a subject a key
holds the generation still meanwhile (``SubjectKeys``), so afterwards no key lands under an old epoch any more, and
what is left under the old ones only shrinks. An old epoch is deleted at the roll after the next.
"""

from __future__ import annotations

from collections.abc import Callable

from portal import clock
from portal.vault.epochs import EpochStore
from portal.vault.errors import KeyStoreError, SealError
from portal.vault.keys_by_epoch import count_before, keys_in_epochs, move, some_before
from portal.vault.keystore import KeyStore, WrappedKey
from portal.vault.subjectkeys import open_data_key
from portal.vault.work import Progress
from portal.vault.wrapping import data_context, wrap

NAME = "roll-epoch"
# Ten milliseconds of the write lock at most: whoever saves a form waits that long.
BATCH = 1000
KEPT = 1  # epochs beside the newest one
OVERDUE_SECONDS = 30 * 24 * 3600


def overdue(epochs: EpochStore) -> bool:
    """Whether the newest epoch is 30 days old."""
    return clock.now().timestamp() - epochs.all()[-1].made_at >= OVERDUE_SECONDS


def roll(keys: KeyStore, epochs: EpochStore, progress: Progress, heard: Callable[[], None]) -> int:
    """Begin an epoch, or go on with one that was begun, and move every key to it; its number.

    ``heard`` lets this process forget what it holds. Raises KeyStoreError when a key does not open: nothing is lost.
    """
    epochs.forget()
    if not progress.cursor:
        progress.advance(0, (epochs.newest() + 1).to_bytes(4))
    newest = int.from_bytes(progress.cursor)
    epochs.begin(newest)
    keys.announce()
    heard()
    progress.expect(progress.work.done + count_before(keys, newest))
    while rows := some_before(keys, newest, BATCH):
        move(keys, [(row, _moved(row, epochs, newest)) for row in rows], newest)
        progress.advance(len(rows))
    named = keys_in_epochs(keys)
    epochs.end(row.number for row in epochs.all() if row.number < newest - KEPT and row.number not in named)
    keys.overwrite()
    epochs.overwrite()
    heard()
    return newest


def _moved(row: WrappedKey, epochs: EpochStore, newest: int) -> bytes:
    """The same data key under the newest epoch."""
    try:
        key = open_data_key(epochs, row)
    except SealError:
        raise KeyStoreError(f"a data key of epoch {row.epoch} does not open; the two stores do not match") from None
    return wrap(epochs.key(newest), key, data_context(newest, row.subject, row.version))
