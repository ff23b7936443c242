"""Alembic's environment: the engine and the metadata are the application's own."""

from __future__ import annotations

from typing import Any

from alembic import context

from portal.extensions import db


def _render(kind: str, item: Any, autogen: Any) -> str | bool:
    """Write the house's own column types by name, so that a revision reads like the models."""
    if kind == "type" and type(item).__module__ == "portal.models.base":
        autogen.imports.add("from portal.models.base import Id, Instant")
        return f"{type(item).__name__}()"
    return False


def run() -> None:
    """Upgrade or downgrade the application's database, each revision in a transaction of its own."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=_render,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
