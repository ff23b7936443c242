"""Stores and databases as they lie in a backup: read, and never written."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.pool import NullPool

# The word in an address, and the engine's option, that say so.
FROZEN = "vault_frozen"


def frozen_url(file: Path) -> str:
    """The address under which a store in a backup is opened: nothing of it is ever written, nor beside it."""
    return URL.create("sqlite", database=str(file), query={FROZEN: "yes"}).render_as_string()


def frozen(file: Path) -> Engine:
    """An SQLite file that nobody writes, opened so that its bytes stay as they are."""
    name = f"file:{quote(str(file))}?mode=ro&immutable=1"
    return create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(name, uri=True, check_same_thread=False),
        poolclass=NullPool,
        hide_parameters=True,
        execution_options={FROZEN: True},
    )
