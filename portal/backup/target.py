"""The installation that a restore writes into: it must be empty, and a refusal leaves it exactly as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import inspect, text

from portal.backup.errors import BackupError
from portal.config import Settings
from portal.models.base import db
from portal.models.files.sealed_file import storage
from portal.vault.stores import Store

WHERE = "restore into an empty installation; nothing was written"
_ANY = datetime.max.replace(tzinfo=UTC)


@contextmanager
def without_traces(settings: Settings) -> Iterator[None]:
    """Folders that looking makes on its way go again at the end, where nothing came into them."""
    missing = [folder for folder in _folders(settings) if not folder.exists()]
    try:
        yield
    finally:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()


@contextmanager
def let_go() -> Iterator[None]:
    """The database is closed at the end, and with it goes what the embedded one lays beside itself."""
    try:
        yield
    finally:
        db.session.remove()
        db.engine.dispose()


def _folders(settings: Settings) -> list[Path]:
    """Every folder that may be made, the deepest first."""
    made = [settings.instance]
    if settings.storage_url.startswith("file://"):
        made.append(Path(settings.storage_url.removeprefix("file://")))
    every = {folder for path in made for folder in (path, *path.parents)}
    return sorted(every, key=lambda folder: len(folder.parts), reverse=True)


def confirm_empty(epochs: Store, *, with_files: bool) -> None:
    """Raise BackupError where something lies in the target already.

    The object storage is looked at where the set has objects: without, it is one that keeps versions by itself.
    """
    if epochs.exists():
        raise BackupError(f"there is an epoch store already: {WHERE}")
    if _has_rows():
        raise BackupError(f"the database holds rows already: {WHERE}")
    if with_files and next(iter(storage().older_than(_ANY)), None) is not None:
        raise BackupError(f"the object storage holds objects already: {WHERE}")


def _has_rows() -> bool:
    file = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    if file is not None and not (Path(file).exists() and Path(file).stat().st_size):
        return False  # not even opened: that would make it
    with db.engine.connect() as connection:
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
        return any(connection.execute(text(f'select 1 from "{table}" limit 1')).first() for table in tables)  # noqa: S608
