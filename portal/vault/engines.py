"""How the databases of the two stores are opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from portal.vault.frozen import FROZEN, frozen

BUSY_SECONDS = 10
WRITING = "vault_writing"  # the option of a connection that says so


def file_of(url: str) -> Path | None:
    """The embedded database's file; None on a server. Raises ArgumentError for a database without a file."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return None
    if not address.database or address.database == ":memory:" or address.database.startswith("file:"):
        raise ArgumentError
    return Path(address.database)


def engine_for(url: str) -> Engine:
    """An engine; its embedded database forgets what is deleted, and begins what is ``WRITING`` as a writer."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, isolation_level="READ COMMITTED")
    if make_url(url).query.get(FROZEN):
        return frozen(Path(make_url(url).database or ""))
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # Deleted keys are overwritten in the file; the log is emptied by ``overwrite``.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
