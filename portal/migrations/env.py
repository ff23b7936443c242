"""Alembic's environment: the engine and the metadata are the application's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from portal.extensions import db


def _render(kind: str, item: Any, autogen: Any) -> str | bool:
    """Write the house's own column types by name, so that a revision reads like the models."""
    if kind == "type" and type(item).__module__ == "portal.models.base":
        autogen.imports.add("from portal.models.base import Id, Instant")
        return f"{type(item).__name__}()"
    return False


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """Foreign keys off on SQLite, which changes a table by building it anew: with them on, dropping the old one would
    be refused, or take the rows along that point at it. ``_check`` makes up for it before each revision's commit."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")  # says nothing inside a transaction, so past SQLAlchemy
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def _check(ctx: MigrationContext, **_: Any) -> None:
    """Refuse a revision that leaves rows whose parents are gone; its transaction is rolled back."""
    if ctx.dialect.name == "sqlite" and ctx.connection is not None:
        lost = {row[0] for row in ctx.connection.exec_driver_sql("PRAGMA foreign_key_check")}
        if lost:
            raise RuntimeError(f"rows point at rows that are gone, in: {', '.join(sorted(lost))}")


def run() -> None:
    """Upgrade or downgrade the application's database, each revision in a transaction of its own.

    A restore names another one: the copy of an earlier release's database that it brings up to date first.
    """
    engine = context.config.attributes.get("engine", db.engine)
    with engine.connect() as connection, _unguarded(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=_render,
            compare_type=True,
            transaction_per_migration=True,
            on_version_apply=_check,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
