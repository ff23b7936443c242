"""One at a time: a lock between processes that a killed process lets go of by dying."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from portal.vault.errors import Busy
from portal.vault.stores import Store

# The name of the lock on a database server: "anju" in ASCII. Nothing else there asks for it.
_NUMBER = 0x616E6A75


@contextmanager
def alone(store: Store) -> Iterator[None]:
    """Hold the lock of the store's installation; raises Busy at once when another process holds it.

    A file lock beside an embedded store, an advisory lock on a database server: both end with their process.
    """
    held = _file_lock(store.file) if store.file is not None else _server_lock(store)
    with held:
        yield


@contextmanager
def _file_lock(file: Path) -> Iterator[None]:
    opened = os.open(file.with_name(f"{file.name}-lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield
    finally:
        os.close(opened)


@contextmanager
def _server_lock(store: Store) -> Iterator[None]:
    with store.reading() as connection:
        if not connection.scalar(select(func.pg_try_advisory_lock(_NUMBER))):
            raise Busy
        try:
            yield
        finally:
            connection.scalar(select(func.pg_advisory_unlock(_NUMBER)))
