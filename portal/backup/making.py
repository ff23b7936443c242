"""Making a backup while the portal serves: so that each copy holds at least what the one before it needs.

Database, then objects, then key store, then epochs, then the erasure ledger; all verified before anything counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Connection, Table, inspect, select, text

from portal import clock
from portal.backends.storage import ObjectMissing
from portal.backup import gone, manifest, objects
from portal.backup.checking import check
from portal.backup.manifest import Manifest
from portal.backup.places import (
    DATABASE,
    EPOCH_STORE,
    KEY_STORE,
    LEDGER,
    NEW,
    Places,
    Sets,
    begin,
    finish,
    make,
    replace,
)
from portal.backup.rows import copy, counted, new_copy, old_copy, plain, snapshot
from portal.config import RELEASE, Settings
from portal.models.base import Model, db
from portal.models.files import SealedFile
from portal.models.files.sealed_file import storage
from portal.vault import ring
from portal.vault.stores import EPOCHS, KEYS, Store, epoch_store, key_store, works
from portal.vault.work import Progress


@dataclass(frozen=True, slots=True)
class Made:
    """Where the sets are, and what is in the database set."""

    database: Path
    keys: Path
    epochs: Path
    rows: int
    objects: int
    missing: list[str]


def back_up(places: Places, progress: Progress, *, files: bool = True) -> Made:
    """Make the three sets. The caller works alone on the keys. Raises BackupError, KeyStoreError or StorageError.

    What a killed run left has the ending ``.part`` or ``.new`` and is made anew.
    """
    progress.advance(-progress.work.done)
    at, settings = clock.now().astimezone(UTC), _settings()
    database, keys = begin(places.database, at), begin(places.keys, at)
    make(places.epochs)
    found = _database(database, progress, files=files)
    _keys(keys, settings)
    _epochs(places.epochs, settings)
    ledger = _ledger(places.epochs, settings)
    _describe(database, "database", found, ledger)
    _describe(keys, "keys", _Found(_counts(keys / KEY_STORE, KEYS.sorted_tables)), ledger)
    new = Sets(database, keys, places.epochs / f"{EPOCH_STORE}{NEW}", places.epochs / f"{LEDGER}{NEW}")
    check(new, settings, database / DATABASE, told=lambda: progress.advance(1))
    # A database set counts only when the keys it needs do.
    keys = finish(keys)
    replace(places.epochs / f"{EPOCH_STORE}{NEW}", places.epochs / EPOCH_STORE)
    replace(places.epochs / f"{LEDGER}{NEW}", places.epochs / LEDGER)
    whole = finish(database)
    return Made(whole, keys, places.epochs, sum(found.tables.values()), found.objects, found.missing or [])


@dataclass(slots=True)
class _Found:
    tables: dict[str, int]
    revision: str = ""
    objects: int = 0
    with_files: bool = False
    gone: list[str] | None = None
    missing: list[str] | None = None


def _settings() -> Settings:
    found: Settings = current_app.extensions["portal.settings"]
    return found


def _database(folder: Path, progress: Progress, *, files: bool) -> _Found:
    tables = plain(Model.metadata)
    with new_copy(folder / DATABASE) as target:
        tables[0].metadata.create_all(target)
        with snapshot(db.engine) as source:
            revision = source.scalar(text("select version_num from alembic_version"))
            copy(source, target, tables)
        names = target.scalars(select(SealedFile.id).order_by(SealedFile.id)).all()
        progress.expect(1 + 2 * len(names) * files)
        progress.advance(1)
        found = _objects(folder, target, names, progress) if files else _Found({})
    found.revision, found.tables = str(revision), _counts(folder / DATABASE, tables)
    return found


def _objects(folder: Path, target: Connection, names: Sequence[UUID], progress: Progress) -> _Found:
    """Every object of the copied rows. One that is gone because its row is, is taken out of the copy as well."""
    listed, lost = [], []
    for file_id in names:
        try:
            listed.append(objects.fetch(storage(), folder, file_id.hex))
        except ObjectMissing:
            lost.append(file_id)
        progress.advance(1)
    table: Any = SealedFile.__table__
    with snapshot(db.engine) as source:
        kept = {file_id for file_id in lost if source.scalar(select(SealedFile.id).where(SealedFile.id == file_id))}
    removed = [file_id for file_id in lost if file_id not in kept]
    for file_id in removed:
        gone.take_out(target, table, file_id)
    objects.write_list(folder, listed)
    return _Found({}, "", len(listed), True, [one.hex for one in removed], sorted(one.hex for one in kept))


def _keys(folder: Path, settings: Settings) -> None:
    """The key store, but not what works on it just now: this command does."""
    tables = [table for table in KEYS.sorted_tables if table is not works]
    _store(Store("key store", settings.keys_url, key_store), folder / KEY_STORE, tables)


def _epochs(folder: Path, settings: Settings) -> None:
    file = folder / f"{EPOCH_STORE}{NEW}"
    file.unlink(missing_ok=True)
    _store(Store("epoch store", settings.epochs_url, epoch_store), file, EPOCHS.sorted_tables)


def _store(store: Store, file: Path, tables: list[Table]) -> None:
    try:
        with snapshot(store.engine) as source, new_copy(file) as target:
            tables[0].metadata.create_all(target)
            copy(source, target, tables)
    finally:
        store.close()


def _ledger(folder: Path, settings: Settings) -> dict[str, object]:
    """The ledger is always the newest: it lies with the epochs. Without a file nobody was ever erased."""
    content = settings.ledger.read_bytes() if settings.ledger.exists() else b""
    file = folder / f"{LEDGER}{NEW}"
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(content)
    return manifest.of_bytes(content)


def _counts(file: Path, tables: list[Table]) -> dict[str, int]:
    with old_copy(file) as connection:
        there = set(inspect(connection).get_table_names())
        return counted(connection, [table for table in tables if table.name in there])


def _describe(folder: Path, kind: str, found: _Found, ledger: dict[str, object]) -> None:
    files = {path.name: manifest.described(path) for path in folder.iterdir() if path.is_file()}
    manifest.write(
        folder,
        Manifest(
            kind=kind,
            installation=ring().installation.hex,
            at=clock.now().astimezone(UTC).isoformat(),
            release=RELEASE,
            files=files,
            tables=found.tables,
            revision=found.revision,
            objects=found.objects,
            with_files=found.with_files,
            gone=found.gone or [],
            missing=found.missing or [],
            ledger=ledger,
        ),
    )
