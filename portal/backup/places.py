"""The folders of the three sets: where they lie, how one is begun, and how it becomes whole.

A set that is being written is called ``<stamp>.part``; its last step is losing that ending.
"""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from portal.backends.storage_folder import settle
from portal.backup.errors import BackupError

STAMP = "%Y%m%dT%H%M%SZ"
PART = ".part"
MANIFEST = "manifest.json"
DATABASE, KEY_STORE, EPOCH_STORE, LEDGER = "database.sqlite", "keys.sqlite", "epochs.sqlite", "erasures.ledger"
NEW = ".new"


class Places(NamedTuple):
    """A folder for series of database sets, one for series of key sets, and one for the one epoch set."""

    database: Path
    keys: Path
    epochs: Path


class Sets(NamedTuple):
    """The sets that belong together: two folders, the epoch store's copy, and the erasure ledger's."""

    database: Path
    keys: Path
    epochs: Path
    ledger: Path


def places(folder: Path, keys: Path | None = None, epochs: Path | None = None) -> Places:
    """Where a backup goes, or is looked for. Raises BackupError where two sets would lie in one folder."""
    found = Places(folder / "database", keys or folder / "keys", epochs or folder / "epochs")
    real = [path.resolve() for path in found]
    for one in real:
        for other in real:
            if one is not other and (one == other or one in other.parents):
                raise BackupError("two of the three sets would lie in one folder: together they undo an erasure")
    return found


def begin(series: Path, at: datetime) -> Path:
    """The folder of a new set, still unfinished (0700). What killed backups have left of theirs is removed."""
    make(series)
    for left in series.glob(f"*{PART}"):
        shutil.rmtree(left)
    while (whole := series / at.strftime(STAMP)).exists():
        at += timedelta(seconds=1)
    part = whole.with_name(whole.name + PART)
    part.mkdir(mode=0o700)
    return part


def finish(part: Path) -> Path:
    """Everything in the folder is on the disk: it gets its name."""
    for folder in (part, *(path for path in part.iterdir() if path.is_dir())):
        settle(folder)
    whole = part.with_name(part.name.removesuffix(PART))
    part.rename(whole)
    settle(whole.parent)
    return whole


def newest(folder: Path, kind: str) -> Path:
    """A set that was named itself, or the newest whole one of a series. Raises BackupError where there is none."""
    if (folder / MANIFEST).is_file():
        return folder
    whole = [path for path in folder.glob("*") if path.suffix != PART and (path / MANIFEST).is_file()]
    if not whole:
        raise BackupError(f"there is no whole {kind} set in {folder}")
    return max(whole, key=lambda path: path.name)


def make(folder: Path) -> None:
    """A folder, and those above it, for our eyes only; one that is there stays as it is."""
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def replace(new: Path, old: Path) -> None:
    """Put a new file in the place of the old one at once, then overwrite what the old one's blocks hold."""
    settle(new)
    before = os.open(old, os.O_RDWR) if old.exists() else None
    new.replace(old)
    settle(old.parent)
    if before is None:
        return
    try:
        os.pwrite(before, bytes(os.fstat(before).st_size), 0)
        os.fsync(before)
    finally:
        os.close(before)
