"""What the database of a store says when it does not do what it is asked, as the vault's declared errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from portal.vault.errors import InUse, KeyStoreError

# PostgreSQL: a deadlock, a lock that was not to be had in time.
_LOCKED = ("40P01", "55P03")


@contextmanager
def in_one_line(store: str) -> Iterator[None]:
    """Turn what a database says into one KeyStoreError that names the store."""
    try:
        yield
    except DBAPIError as error:
        raise KeyStoreError(f"the {store} cannot be read: {_said(error.orig)}") from None


@contextmanager
def in_words(store: str) -> Iterator[None]:
    """The same for what is written: InUse while others hold the store, KeyStoreError where it does not work at all.

    Rules that a row breaks stay what they are: whoever writes it knows what an IntegrityError means.
    """
    try:
        yield
    except NoConnection:
        raise InUse(store) from None
    except (OperationalError, sqlite3.OperationalError) as error:
        cause = error.orig if isinstance(error, OperationalError) else error
        if _locked(cause):
            raise InUse(store) from None
        raise KeyStoreError(f"the {store} cannot be written: {_said(cause)}") from None


def _locked(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return getattr(error, "sqlstate", None) in _LOCKED


def _said(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
