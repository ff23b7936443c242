"""One at a time: a lock between processes that a killed process lets go of by dying."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import func, select

from portal.vault.errors import Busy
from portal.vault.stores import Store

# The name of the lock on a database server: "anju" in ASCII. Nothing else there asks for it.
_NUMBER = 0x616E6A75


_LOOK_SECONDS = 0.2
_WORD_SECONDS = 10.0


class Patience:
    """How long somebody waits for the others: ``seconds``, none unless said.

    ``told`` hears how many seconds are left, when the waiting begins and every ten seconds.
    """

    def __init__(self, seconds: float = 0.0, told: Callable[[float], None] = lambda _left: None) -> None:
        self.seconds, self._told = seconds, told

    def until(self, had: Callable[[], bool]) -> None:
        """Try until it is had. Raises Busy."""
        end = monotonic() + self.seconds
        word = self.seconds
        while not had():
            left = end - monotonic()
            if left <= 0:
                raise Busy
            if left <= word:
                self._told(left)
                word = left - _WORD_SECONDS
            sleep(min(_LOOK_SECONDS, left))


@contextmanager
def alone(store: Store, patience: Patience | None = None) -> Iterator[None]:
    """Hold the lock of the store's installation; raises Busy, at once or when the patience is over, while another
    process holds it.

    A file lock beside an embedded store, an advisory lock on a database server: both end with their process.
    """
    waiting = patience or Patience()
    with _file_lock(store.file, waiting) if store.file is not None else _server_lock(store, waiting):
        yield


@contextmanager
def _file_lock(file: Path, patience: Patience) -> Iterator[None]:
    opened = os.open(file.with_name(f"{file.name}-lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        patience.until(lambda: _locked(opened))
        yield
    finally:
        os.close(opened)


def _locked(opened: int) -> bool:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _server_lock(store: Store, patience: Patience) -> Iterator[None]:
    with store.reading() as connection:
        patience.until(lambda: bool(connection.scalar(select(func.pg_try_advisory_lock(_NUMBER)))))
        try:
            yield
        finally:
            connection.scalar(select(func.pg_advisory_unlock(_NUMBER)))
