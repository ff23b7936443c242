"""A new epoch: every data key is wrapped again under a new epoch key, while the portal serves.

The generation is raised between the making of the epoch and the first key that moves. Whoever gives a subject a key
holds the generation still meanwhile (``SubjectKeys``), so afterwards no key lands under an old epoch any more, and
what is left under the old ones only shrinks. An old epoch is deleted at the roll after the next.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from time import monotonic

from cryptography.exceptions import InvalidTag

from portal import clock
from portal.vault.ciphers import NONCE
from portal.vault.epochs import EpochStore
from portal.vault.errors import KeyStoreError
from portal.vault.keys_by_epoch import Kept, Moved, count_before, keys_in_epochs, move, some_before
from portal.vault.keystore import KeyStore
from portal.vault.work import Progress
from portal.vault.wrapping import data_head

NAME = "roll-epoch"
# Ten milliseconds of the write lock at most: whoever saves a form waits that long.
BATCH = 1000
SAID_SECONDS = 0.2  # a word of progress is a commit of its own
KEPT = 1  # epochs beside the newest one
_KINDS = [bytes((kind,)) for kind in range(256)]
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
    _move_all(keys, epochs, progress, newest)
    named = keys_in_epochs(keys)
    epochs.end(row.number for row in epochs.all() if row.number < newest - KEPT and row.number not in named)
    keys.overwrite()
    epochs.overwrite()
    heard()
    return newest


def _move_all(keys: KeyStore, epochs: EpochStore, progress: Progress, newest: int) -> None:
    left = count_before(keys, newest)
    progress.expect(progress.work.done + left)
    while left:  # once, for nothing is added to the old epochs any more
        _walk(keys, epochs, progress, newest)
        left = count_before(keys, newest)


def _walk(keys: KeyStore, epochs: EpochStore, progress: Progress, newest: int) -> None:
    moved, said = 0, monotonic()
    last: Kept | None = None
    while rows := some_before(keys, newest, BATCH, last):
        move(keys, _moved(rows, epochs, newest))
        moved, last = moved + len(rows), rows[-1]
        if monotonic() - said > SAID_SECONDS:
            progress.advance(moved)
            moved, said = 0, monotonic()
    progress.advance(moved)


def _moved(rows: list[Kept], epochs: EpochStore, newest: int) -> list[Moved]:
    """The same data keys under the newest epoch: ``unwrap`` and ``wrap`` without their calls, a third of the time."""
    encrypt, draw, found = epochs.key(newest).encrypt, os.urandom, []
    here, heads = data_head(newest), {row[3]: data_head(row[3]) for row in rows}
    openers = {epoch: epochs.key(epoch).decrypt for epoch in heads}
    for kind, subject, version, epoch, wrapped in rows:
        nonce, about = draw(NONCE), _KINDS[kind] + subject + version.to_bytes(2)
        try:
            key = openers[epoch](wrapped[:NONCE], wrapped[NONCE:], heads[epoch] + about)
        except InvalidTag:
            raise KeyStoreError(f"a data key of epoch {epoch} does not open; the two stores do not match") from None
        found.append((newest, nonce + encrypt(nonce, key, here + about), kind, subject, version, epoch))
    return found
