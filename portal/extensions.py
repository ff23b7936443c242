"""The extensions, unbound, and how the embedded database begins its transactions."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase

BUSY_SECONDS = 10


class Model(DeclarativeBase):
    """The base of every row. Inherit this, not ``db.Model``: the type checker cannot follow the latter."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Model, disable_autonaming=True)
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(key_func=get_remote_address, default_limits=[])


def limit(app: Flask) -> None:
    """Only decorated views have limits, and they look by themselves: nothing is looked up before other requests."""
    limiter.init_app(app)
    hooks = app.before_request_funcs[None]
    hooks[:] = [hook for hook in hooks if getattr(hook, "__self__", None) is not limiter]


_reading: ContextVar[bool] = ContextVar("portal_reading", default=False)


def begin_reading() -> None:
    """From here on, transactions of this context begin as readers (a safe HTTP method)."""
    _reading.set(True)


def begin_writing() -> None:
    """From here on, transactions of this context begin as writers: the default of jobs and commands."""
    _reading.set(False)


@contextmanager
def writing() -> Iterator[None]:
    """Let the transactions begun inside the block be writers, even while a safe method is answered."""
    token = _reading.set(False)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """Let the transactions begun inside the block be readers: they wait for no writer, and none waits for them."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "secure_delete=ON",
    "temp_store=MEMORY",
)


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _make_file(file: str | None) -> None:
    """Make the embedded database's file for its owner's eyes only; what SQLite lays beside it gets the same mode.

    One that is there is not even opened: closing it would let go of the locks of every other connection.
    """
    if not file or file == ":memory:" or file.startswith("file:") or Path(file).exists():
        return
    with suppress(FileExistsError, FileNotFoundError):  # without its folder the database says so itself
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def prepare_engine(engine: Engine) -> None:
    """Teach an engine the house rules; PostgreSQL needs none of them.

    SQLite: a file for its owner's eyes only, WAL, every commit on disk, foreign keys on. A writer takes one in-process
    lock and then BEGIN IMMEDIATE, because a transaction that reads first and writes later fails at once with
    SQLITE_BUSY_SNAPSHOT.
    """
    if engine.dialect.name != "sqlite":
        return
    lock = threading.Lock()
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "do_connect", lambda *_: _make_file(engine.url.database))

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if _reading.get():
            connection.connection.driver_connection.execute("BEGIN")  # every page does: no cursor of the library's
            return
        held = connection.info.get("portal_writer", False)  # by an earlier transaction of the same connection
        if not held and not lock.acquire(timeout=BUSY_SECONDS):
            raise TimeoutError("the write lock was not free in time")
        connection.info["portal_writer"] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # a failure returns the connection, and the lock with it

    @event.listens_for(engine, "checkin")
    def _checkin(_connection: Any, record: Any) -> None:
        if record.info.pop("portal_writer", False):
            lock.release()
