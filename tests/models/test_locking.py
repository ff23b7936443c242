"""Who waits for whom: readers for nobody, writers for each other, and nobody for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select, text, update

from portal import extensions
from portal.models.base import db
from portal.models.repairs import Ticket
from portal.models.signals import Topic, count_up
from tests.stage.cast import Cast
from tests.stage.crowd import at_once

PATIENCE = 20


def _ticket(cast: Cast, state: str) -> str:
    """A committed ticket's number."""
    with cast.at_work():
        number = cast.ticket(state).number
        db.session.commit()
    return number


def test_a_page_is_read_beside_a_writer(app: Flask, cast: Cast, sign_in: Callable[[str], Any]):
    """The writer holds its transaction open for as long as the page takes, and longer."""
    number, client = _ticket(cast, "submitted"), sign_in("owner")
    holding, read = threading.Event(), threading.Event()

    def write() -> bool:
        db.session.execute(update(Ticket).values(priority="normal"))
        holding.set()
        return read.wait(PATIENCE)

    def look() -> int:
        assert holding.wait(PATIENCE)
        status: int = client.get(f"/repairs/{number}").status_code
        read.set()
        return status

    assert at_once(app, write, look) == [True, 200]


def test_a_reader_sees_one_moment_however_much_is_written_meanwhile(app: Flask, cast: Cast):
    _ticket(cast, "submitted")

    def priority() -> str:
        return db.session.scalars(select(Ticket.priority)).one()

    def write() -> None:
        db.session.execute(update(Ticket).values(priority="normal"))
        db.session.commit()

    def read() -> tuple[str, str, str]:
        extensions.begin_reading()
        first = priority()
        assert at_once(app, write) == [None]
        second = priority()
        db.session.rollback()
        return first, second, priority()

    assert at_once(app, read) == [("urgent", "urgent", "normal")]


def test_a_writer_waits_for_the_one_before(app: Flask, cast: Cast):
    """Both have begun before either has read, so the second works on what the first left."""
    order: list[str] = []
    inside = threading.Event()

    def first() -> None:
        count_up(Topic.version, "a")
        inside.set()
        time.sleep(0.3)
        order.append("first")
        db.session.commit()

    def second() -> int:
        assert inside.wait(PATIENCE)
        value = count_up(Topic.version, "a")
        order.append("second")
        db.session.commit()
        return value

    assert at_once(app, first, second) == [None, 2]
    assert order == ["first", "second"]


def test_the_lock_is_free_after_whatever_way_a_writer_ends(app: Flask, cast: Cast, monkeypatch):
    monkeypatch.setattr(extensions, "BUSY_SECONDS", 1)

    def commit() -> int:
        value = count_up(Topic.version, "kept")
        db.session.commit()
        return value

    for number, end in enumerate((_fail, _leave, _lose, _begin_in_vain), 1):
        at_once(app, end)
        assert at_once(app, commit) == [number], end.__name__


def _fail() -> None:
    """An error in the middle, and nobody who rolls back."""
    db.session.execute(text("insert into nowhere values (1)"))


def _leave() -> None:
    """Neither committed nor rolled back: the context ends first."""
    count_up(Topic.version, "left")


def _lose() -> None:
    """The connection breaks."""
    count_up(Topic.version, "lost")
    db.session.connection().invalidate()


def _begin_in_vain() -> None:
    """BEGIN itself fails, because it is one too many."""
    with db.engine.connect() as connection:
        connection.connection.driver_connection.execute("BEGIN")
        connection.execute(text("select 1"))


def test_one_connection_may_write_one_transaction_after_the_other(app: Flask):
    with app.app_context(), db.engine.connect() as connection:
        for number in range(3):
            connection.execute(text("insert into topic (name, version) values (:name, 1)"), {"name": f"t{number}"})
            connection.commit()
        assert connection.scalar(text("select count(*) from topic where name like 't_'")) == 3


def test_who_waits_too_long_is_told_and_the_next_one_works(app: Flask, cast: Cast, monkeypatch):
    monkeypatch.setattr(extensions, "BUSY_SECONDS", 0.2)
    inside, tried = threading.Event(), threading.Event()

    def hold() -> None:
        count_up(Topic.version, "a")
        inside.set()
        assert tried.wait(PATIENCE)
        db.session.commit()

    def wait() -> None:
        assert inside.wait(PATIENCE)
        try:
            count_up(Topic.version, "a")
        finally:
            tried.set()

    held, waited = at_once(app, hold, wait)
    assert held is None
    assert isinstance(waited, TimeoutError)
    with cast.at_work():
        assert count_up(Topic.version, "a") == 2


def test_eight_who_write_twenty_five_times_never_find_it_locked(any_app: Flask, cast: Cast):
    """Reading first and writing later, which a deferred transaction would not survive."""

    def write() -> None:
        for _ in range(25):
            db.session.scalar(select(Topic.version).where(Topic.name == "a"))
            count_up(Topic.version, "a")
            db.session.commit()

    assert at_once(any_app, *[write] * 8) == [None] * 8
    with cast.at_work():
        assert db.session.scalar(select(Topic.version).where(Topic.name == "a")) == 200
