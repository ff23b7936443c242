"""The old backups: what they say right after the erasure, and once two epochs have gone by."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from portal import clock
from portal.backup.making import back_up
from portal.backup.places import DATABASE, EPOCH_STORE, KEY_STORE, LEDGER, Places, Sets, places
from portal.backup.rows import old_copy
from portal.cli.drilling import reading
from portal.cli.drilling.found import Found, gone, there
from portal.cli.drilling.reading import Rows
from portal.cli.drilling.scene import Scene
from portal.models.privacy.receipt import read_receipt
from portal.vault import ChainError, ring
from portal.vault.fading import EPOCH
from portal.vault.frozen import frozen_url
from portal.vault.stores import data_keys, epochs

ROLLS = 2
BOTH = "old key backup with the old main backup"


@dataclass(frozen=True, slots=True)
class Backups:
    """A series of backups, and beside it the epoch set and the ledger of the first one, which nobody should keep."""

    places: Places
    first: Sets

    @classmethod
    def begin(cls, folder: Path) -> Backups:
        """Make the first backup of the application at hand, by the code of the command."""
        where, kept = places(folder / "sets"), folder / "kept"
        made = _back_up(where)
        shutil.copytree(where.epochs, kept)
        return cls(where, Sets(made.database, made.keys, kept / EPOCH_STORE, kept / LEDGER))

    def again(self) -> Sets:
        """One more: the epoch set is overwritten."""
        return _back_up(self.places)

    @property
    def database(self) -> Path:
        """The database of the first backup."""
        return self.first.database / DATABASE

    @property
    def keys(self) -> Path:
        """The key store of the first backup."""
        return self.first.keys / KEY_STORE

    def epochs_then(self) -> tuple[list[bytes], datetime]:
        """The wrapped epoch keys of the first backup, and when the newest of them was made."""
        with old_copy(self.first.epochs) as connection:
            made = connection.scalar(select(func.max(epochs.c.made_at))) or 0
            return list(connection.scalars(select(epochs.c.wrapped))), datetime.fromtimestamp(made, UTC)


def _back_up(where: Places) -> Sets:
    with ring().works.alone("backup") as progress:
        made = back_up(where, progress)
    return Sets(made.database, made.keys, where.epochs / EPOCH_STORE, where.epochs / LEDGER)


def in_backups(scene: Scene, backups: Backups, before: Rows, note: str) -> Iterator[Found]:
    """Look, let two epochs go by with a backup after each, and look again. The receipt is verified on the way."""
    try:
        until = read_receipt(note).copies
    except ChainError:
        yield Found("receipt", "its signature", "there is none, or it does not verify", right=False)
        return
    rows = reading.rows_of_copy(backups.database, ring(), scene)
    place = "old main backup"
    yield gone(place, f"{rows.theirs} sealed values, with today's keys", rows.theirs_opened or not rows.theirs)
    yield gone(place, "the blind index's bytes", reading.with_bytes([scene.phone_index], [backups.database]))
    yield _under_old_keys(scene, backups, before, f"{until:%Y-%m-%d}, as the receipt says")
    yield _destroyed(scene, backups)
    second = yield from _rolled(backups)
    tried = f"its signature, and its date beside the second roll's, {second:%Y-%m-%d}"
    yield Found("receipt", tried, f"verified, {until:%Y-%m-%d}", until >= second)
    for epochs_of, found in _rows_by_epochs(scene, backups).items():
        yield gone(BOTH, f"{before.theirs} values, {epochs_of}, after both rolls", found.theirs_opened)
    yield from _bytes(scene, backups)
    rows = reading.rows_of_copy(backups.database, ring(), scene)
    yield there(place, "everybody else, with today's keys, after all of it", rows.others_are_whole)


def _under_old_keys(scene: Scene, backups: Backups, before: Rows, until: str) -> Found:
    rows = _rows_by_epochs(scene, backups)["with the live epochs"]
    whole = 0 < before.theirs == rows.theirs_opened
    return there(BOTH, f"{rows.theirs} values, with the live epochs", whole, until)


def _rows_by_epochs(scene: Scene, backups: Backups) -> dict[str, Rows]:
    settings, keys = current_app.extensions["portal.settings"], frozen_url(backups.keys)
    copied = frozen_url(backups.places.epochs / EPOCH_STORE)
    urls = {"with the live epochs": settings.epochs_url, "with the newest epoch set": copied}
    return {
        name: reading.rows_under(backups.database, settings, scene, keys_url=keys, epochs_url=url)
        for name, url in urls.items()
    }


def _rolled(backups: Backups) -> Generator[Found, None, datetime]:
    """Two rolls, each on the day it is due, and a backup after each; when the second one was."""
    _, made = backups.epochs_then()
    for number in range(1, ROLLS + 1):
        made += EPOCH
        with clock.at(made):
            due, epoch = ring().roll_is_overdue(), ring().roll_epoch()
            backups.again()
        yield Found("epochs", f"roll {number}, due on {made:%Y-%m-%d}", f"epoch {epoch} begun, backup made", due)
    return made


def _bytes(scene: Scene, backups: Backups) -> Iterator[Found]:
    """What is deleted is nowhere on the disk: stores, their logs, and the newest sets."""
    wrapped, _ = backups.epochs_then()
    here, sets = scene.folder, backups.places
    live = [*here.glob("epochs.sqlite*")]
    yield gone("epoch", "its bytes, in the epoch store and its log", reading.with_bytes(wrapped, live))
    copies = [file for file in sets.epochs.iterdir() if file.is_file()]
    yield gone("epoch", "its bytes, in the newest epoch set", reading.with_bytes(wrapped, copies))
    newest = max(sets.keys.iterdir()) / KEY_STORE
    yield gone("newest key set", "keys of the erased", len(_keys_of(scene, newest)))


def _destroyed(scene: Scene, backups: Backups) -> Found:
    """Before the rolls: they write every key anew, and its old bytes are gone whoever it belongs to."""
    keys = _keys_of(scene, backups.keys)
    tried = f"bytes of {len(keys)} destroyed keys, in the key store and its log"
    return gone("live installation", tried, reading.with_bytes(keys, scene.folder.glob("keys.sqlite*")) or not keys)


def _keys_of(scene: Scene, file: Path) -> list[bytes]:
    """The wrapped data keys, in a copied key store, of the one who goes."""
    theirs = data_keys.c.subject.in_([subject.id.bytes for subject in scene.subjects])
    with old_copy(file) as connection:
        return list(connection.scalars(select(data_keys.c.wrapped).where(theirs)))
