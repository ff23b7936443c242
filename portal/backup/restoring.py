"""Restoring into an empty installation, so that a kill between any two steps leaves one that says so and can go on.

The key store comes first and says from its first moment that a restore runs; until its end the portal does not open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from alembic import command
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import URL, Engine, Table, create_engine, inspect, select, text
from sqlalchemy.pool import NullPool

from portal import clock
from portal.backends.storage import Storage
from portal.backup import ledgers, manifest, objects
from portal.backup.errors import BackupError
from portal.backup.places import DATABASE, EPOCH_STORE, KEY_STORE, LEDGER, MANIFEST, Places, Sets, newest
from portal.backup.rows import copy, emptied, old_copy, plain
from portal.backup.target import WHERE, confirm_empty
from portal.config import Settings
from portal.extensions import writing
from portal.models.accounts import Session
from portal.models.base import Model, db
from portal.models.fields.rebuilding import rebuild_indexes
from portal.models.files.sealed_file import storage
from portal.models.privacy.replaying import replay_erasures
from portal.models.privacy.setting_back import set_back
from portal.vault.alone import alone
from portal.vault.stores import EPOCHS, KEYS, Store, epoch_store, key_store, works
from portal.vault.work import RESTORE, Progress

# How far a restore came; the indexes' own marks are greater, so that rebuilding them goes on where it stood.
BEGUN, OBJECTS, ROWS, ERASED = b"0a", b"0b", b"0c", b"0d"
INDEXES = b"1"


def chosen(found: Places, folder: Path, ledger: Path | None = None) -> Sets:
    """The sets to restore: those named, or the newest of each. Raises BackupError where one is missing."""
    database = folder if (folder / MANIFEST).is_file() else newest(found.database, "database")
    epochs = found.epochs / EPOCH_STORE
    if not epochs.is_file():
        raise BackupError(f"there is no epoch set in {found.epochs}; name its folder with --epochs")
    return Sets(database, newest(found.keys, "key"), epochs, ledger or found.epochs / LEDGER)


@contextmanager
def at_head(sets: Sets, settings: Settings) -> Iterator[Path]:
    """The database's copy at the newest revision: itself, or one of an earlier release brought up to date beside."""
    revision = _manifest(sets).revision
    config = current_app.extensions["migrate"].migrate.get_config()
    if revision == ScriptDirectory.from_config(config).get_current_head():
        yield sets.database / DATABASE
        return
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix="restoring-", dir=settings.instance))
    engine = create_engine(URL.create("sqlite", database=str(folder / DATABASE)), poolclass=NullPool)
    try:
        config.attributes["engine"] = engine
        command.upgrade(config, revision)
        _pour(sets.database / DATABASE, engine)
        command.upgrade(config, "head")
        yield folder / DATABASE
    finally:
        engine.dispose()
        rmtree(folder)


def _pour(file: Path, engine: Engine) -> None:
    """The copy's rows into the tables of their own revision, as they are; what was left out stays null."""
    with engine.connect() as connection:
        connection.execute(text("attach database :file as backup"), {"file": str(file)})
        connection.commit()
        for table in inspect(connection).get_table_names(schema="backup"):
            names = ", ".join(f'"{one["name"]}"' for one in inspect(connection).get_columns(table, schema="backup"))
            connection.execute(text(f'delete from main."{table}"'))  # noqa: S608 - names of our own tables
            connection.execute(text(f'insert into main."{table}" ({names}) select {names} from backup."{table}"'))  # noqa: S608
        connection.commit()


def prepare(sets: Sets, settings: Settings) -> None:
    """Write the key store, which says that a restore runs, then the epoch store; or find them written.

    Raises BackupError before anything is written where the installation is not empty, or where another backup was
    begun with.
    """
    keys = Store("key store", settings.keys_url, key_store)
    epochs = Store("epoch store", settings.epochs_url, epoch_store)
    try:
        _begun(keys, epochs, sets)  # before anything is made, be it the lock's file
        keys.prepare_file()
        with alone(keys):
            if not _begun(keys, epochs, sets):
                _write(keys, sets.keys / KEY_STORE, KEYS.sorted_tables, _name(sets))
            if not epochs.exists():
                epochs.prepare_file()
                _write(epochs, sets.epochs, EPOCHS.sorted_tables)
    finally:
        keys.close()
        epochs.close()


def _manifest(sets: Sets) -> manifest.Manifest:
    """What the database set says of itself; its files were looked at before."""
    return manifest.parse((sets.database / MANIFEST).read_text("utf-8"), "database", sets.database)


def _name(sets: Sets) -> bytes:
    """What tells these sets from others."""
    digest = hashlib.sha256()
    for folder in (sets.database, sets.keys):
        digest.update((folder / MANIFEST).read_bytes())
    return digest.digest()[:16]


def _begun(keys: Store, epochs: Store, sets: Sets) -> bool:
    """Whether this restore was begun already. Raises BackupError where another was, or something is there."""
    if not keys.exists():
        confirm_empty(epochs, with_files=_manifest(sets).with_files)
        return False
    with keys.reading() as connection:
        asked = select(works.c.cursor).where(works.c.name == RESTORE, works.c.ended_at.is_(None))
        cursor = connection.scalar(asked) if keys.has(works) else None
    if cursor is None:
        raise BackupError(f"there is a key store already: {WHERE}")
    if bytes(cursor)[:1] < INDEXES and bytes(cursor)[2:] != _name(sets):
        raise BackupError("the interrupted restore was begun with another backup; run it again with that one")
    return True


def _write(store: Store, file: Path, tables: list[Table], name: bytes | None = None) -> None:
    """Everything of a store in one transaction; with ``name`` also the word that a restore runs."""
    tables = [table for table in tables if table is not works]
    with old_copy(file) as source, store.writing() as connection:
        store.make(connection)
        there = set(inspect(source).get_table_names())
        copy(source, connection, [table for table in tables if table.name in there])
        if name is not None:
            now = int(clock.now().timestamp())
            row = {"name": RESTORE, "began_at": now, "done": 0, "total": 0, "cursor": BEGUN + name}
            connection.execute(works.insert().values(**row, ended_at=None))


def fill(sets: Sets, database: Path, progress: Progress) -> int:
    """Objects, rows, erasures, indexes; how many erased subjects had come back. Each step may be done again."""
    name, found = progress.cursor[2:], manifest.read(sets.database, "database")
    if progress.cursor[:2] < OBJECTS:
        _bring(storage(), sets.database, found.with_files, progress)
        _mark(progress, OBJECTS + name)
    if progress.cursor[:2] < ROWS:
        upgrade()
        _rows(database)
        with writing():
            set_back()
            db.session.commit()
        _mark(progress, ROWS + name)
    replayed = 0
    if progress.cursor[:2] < ERASED:
        settings: Settings = current_app.extensions["portal.settings"]
        ledgers.bring(sets.ledger, settings.ledger)
        replayed = replay_erasures()
        _mark(progress, ERASED + name)
    db.session.remove()
    rebuild_indexes(progress)
    return replayed


def _mark(progress: Progress, cursor: bytes) -> None:
    """A step is done; the next one counts from nothing."""
    progress.advance(-progress.work.done, cursor)


def _bring(into: Storage, folder: Path, with_files: bool, progress: Progress) -> None:
    listed = objects.read_list(folder) if with_files else []
    progress.advance(-progress.work.done)
    progress.expect(len(listed))
    for one in listed:
        objects.bring(into, folder, one.name)
        progress.advance(1)


def _rows(database: Path) -> None:
    """Every row in one transaction. Whoever was signed in then has to sign in again."""
    tables = plain(Model.metadata)
    with old_copy(database) as source, writing(), db.engine.begin() as target:
        emptied(target, tables)
        copy(source, target, tables)
        target.execute(Session.__table__.delete())  # type: ignore[attr-defined]
