"""Fresh databases on a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import NullPool, create_engine, make_url, text


@dataclass(frozen=True)
class Postgres:
    """A server on which the tests may make databases; ``url`` names one that is only used to give orders."""

    url: str

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """A database of its own for the length of the block, empty or a copy of the one at the address ``template``."""
        name = f"anju_{uuid4().hex[:12]}"
        if template:
            self._copy(make_url(template).database, name)
        else:
            self._order(f"create database {name} template template0 encoding 'UTF8'")
        try:
            yield make_url(self.url).set(database=name).render_as_string(hide_password=False)
        finally:
            self._order(f"drop database if exists {name} with (force)")

    def _copy(self, source: str | None, name: str) -> None:
        # A pool that still holds the template open would make the copy fail.
        self._order(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{source}'")
        self._order(f"create database {name} template {source}")

    def _order(self, statement: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))
