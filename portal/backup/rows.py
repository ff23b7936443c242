"""Rows between databases of either kind, through the models' own types: one way for all directions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    create_engine,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.pool import NullPool

from portal.extensions import reading
from portal.vault.frozen import frozen

BATCH = 500


def plain(metadata: MetaData) -> list[Table]:
    """The tables without blind indexes, rules and references: what a copy holds. Parents come before children."""
    bare = MetaData()
    return [Table(table.name, bare, *map(_bare, _kept(table))) for table in metadata.sorted_tables]


def _kept(table: Table) -> Iterator[Column[Any]]:
    return (column for column in table.columns if not column.info.get("blind_index"))


def _bare(column: Column[Any]) -> Column[Any]:
    # Without this, a JSON column turns the database's null into the text "null" on its way.
    kind = JSON(none_as_null=True) if isinstance(column.type, JSON) else column.type
    return Column(column.name, kind, primary_key=column.primary_key, autoincrement=False)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """One transaction that sees every table as of one moment, and keeps no writer waiting."""
    server = engine.dialect.name == "postgresql"
    with reading(), engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ") if server else plain
        with connection.begin():
            # The moment is that of the first look, not of BEGIN.
            connection.exec_driver_sql("SELECT 1" if server else "SELECT count(*) FROM sqlite_master")
            yield connection


@contextmanager
def new_copy(file: Path) -> Iterator[Connection]:
    """A new SQLite file (0600), written in one transaction and closed without anything beside it."""
    file.touch(mode=0o600, exist_ok=False)
    engine = create_engine(URL.create("sqlite", database=str(file)), poolclass=NullPool, hide_parameters=True)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def old_copy(file: Path) -> Iterator[Connection]:
    """A copy that is read; its bytes stay as they are."""
    engine = frozen(file)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def copy(source: Connection, target: Connection, tables: Iterable[Table]) -> dict[str, int]:
    """Write every row of the tables; how many there were by table. The target's tables are there and empty."""
    counts = {}
    for table in tables:
        counts[table.name] = 0
        found = source.execution_options(yield_per=BATCH).execute(select(table))
        for batch in found.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in batch])
            counts[table.name] += len(batch)
    return counts


def counted(connection: Connection, tables: Iterable[Table]) -> dict[str, int]:
    """How many rows there are by table."""
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def emptied(connection: Connection, tables: Iterable[Table]) -> None:
    """Take every row out, children first."""
    for table in reversed(list(tables)):
        connection.execute(delete(table))


def same(counts: Mapping[str, int], found: Mapping[str, int]) -> bool:
    """Whether the same number of rows is in every table that either names."""
    return {name: number for name, number in counts.items() if number} == {
        name: number for name, number in found.items() if number
    }
