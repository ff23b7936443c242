"""Long work on keys and on what they seal: remembered in the key store, so that a killed one is gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from portal import clock
from portal.vault.alone import Patience, alone
from portal.vault.keystore import KeyStore
from portal.vault.stores import works

# The one work that an installation may not serve before the end of.
RESTORE = "restore"

Told = Callable[["Work"], None]


@dataclass(slots=True)
class Work:
    """One run of a command. Times are UTC seconds; ``cursor`` is the command's own mark of how far it came."""

    name: str
    began_at: int
    done: int = 0
    total: int = 0
    cursor: bytes = b""
    ended_at: int | None = None
    resumed: bool = False

    @property
    def running(self) -> bool:
        """Whether it has not come to its end: it runs, or was killed and waits to be gone on with."""
        return self.ended_at is None


class Works:
    """What was begun and what came to its end, in the key store. One row a command: its last run."""

    def __init__(self, store: KeyStore) -> None:
        self._store = store

    def all(self) -> list[Work]:
        """The last run of every command that ever ran, by name."""
        with self._store.reading() as connection:
            rows = connection.execute(select(works).order_by(works.c.name)).mappings().all()
        return [Work(**{**row, "cursor": bytes(row["cursor"])}) for row in rows]

    def unfinished(self, name: str) -> Work | None:
        """The run of this command that has not come to its end."""
        return next((work for work in self.all() if work.name == name and work.running), None)

    @contextmanager
    def alone(self, name: str, told: Told | None = None, patience: Patience | None = None) -> Iterator[Progress]:
        """Do one long work, never two at once; one that was killed is gone on with where it stood.

        Leaving the block without an error is the work's end. ``told`` hears of every step. Raises Busy, at once or
        when the ``patience`` is over.
        """
        with alone(self._store, patience):
            work = self.unfinished(name)
            if work is None:
                work = Work(name, int(clock.now().timestamp()))
                self._begin(work)
            else:
                work.resumed = True
            progress = Progress(self._store, work, told)
            yield progress
            progress.end()

    def _begin(self, work: Work) -> None:
        row = {"name": work.name, "began_at": work.began_at, "done": 0, "total": 0, "cursor": b"", "ended_at": None}
        with self._store.writing() as connection:
            connection.execute(delete(works).where(works.c.name == work.name))
            connection.execute(insert(works).values(**row))


class Progress:
    """How a command says how far it is: each word is committed in the key store before the next step begins."""

    def __init__(self, store: KeyStore, work: Work, told: Told | None) -> None:
        self._store, self.work, self._told = store, work, told

    @property
    def cursor(self) -> bytes:
        """How far an earlier, killed run came; empty at the beginning."""
        return self.work.cursor

    def expect(self, total: int) -> None:
        """Say of how many steps the whole work is; a total that has grown meanwhile may be said again."""
        self.work.total = total
        self._keep()

    def advance(self, steps: int, cursor: bytes | None = None) -> None:
        """Say that so many more steps are done, and optionally how far the command came."""
        self.work.done += steps
        if cursor is not None:
            self.work.cursor = cursor
        self._keep()

    def end(self) -> None:
        """The work came to its end."""
        self.work.ended_at = int(clock.now().timestamp())
        self._keep()

    def _keep(self) -> None:
        work = self.work
        row = {"done": work.done, "total": work.total, "cursor": work.cursor, "ended_at": work.ended_at}
        with self._store.writing() as connection:
            connection.execute(update(works).where(works.c.name == work.name).values(**row))
        if self._told is not None:
            self._told(work)
