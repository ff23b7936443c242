"""Who waits for whom: readers for nobody, writers for each other, and the second of two learns of the first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm.exc import StaleDataError

from portal import extensions
from portal.models.base import db
from portal.models.errors import Stale, WrongState
from portal.models.events import history
from portal.models.repairs import Rating, Signature, Ticket
from portal.models.signals import Topic, count_up
from tests.stage.cast import Cast, soon
from tests.stage.crowd import Meeting, at_once

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
    """Committed, rolled back, failed, left open with its context, or with its connection gone."""
    monkeypatch.setattr(extensions, "BUSY_SECONDS", 1)

    def fail() -> None:
        db.session.execute(text("insert into nowhere values (1)"))

    def leave() -> None:
        count_up(Topic.version, "left")

    def lose() -> None:
        count_up(Topic.version, "lost")
        db.session.connection().invalidate()

    def begin_in_vain() -> None:
        with db.engine.connect() as connection:
            connection.connection.driver_connection.execute("BEGIN")  # so that ours is one too many
            connection.execute(text("select 1"))

    def commit() -> int:
        value = count_up(Topic.version, "kept")
        db.session.commit()
        return value

    for number, end in enumerate((fail, leave, lose, begin_in_vain), 1):
        at_once(app, end)
        assert at_once(app, commit) == [number], end.__name__


def test_one_connection_may_write_one_transaction_after_the_other(app: Flask):
    with app.app_context(), db.engine.connect() as connection:
        for number in range(3):
            connection.execute(text("insert into topic (name, version) values (:name, 1)"), {"name": f"t{number}"})
            connection.commit()
        assert connection.scalar(text("select count(*) from topic")) == 3


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
        assert db.session.scalar(select(Topic.version)) == 200


def _two(app: Flask, cast: Cast, number: str, *acts: Callable[[Ticket], Any]) -> list[str]:
    """Two read the same ticket before either acts; what became of each, first ``done`` and then the other's error."""
    meeting = Meeting()

    def act(do: Callable[[Ticket], Any]) -> str:
        ticket = Ticket.reached_by(cast.actor("manager"), number)
        meeting.wait()
        do(ticket)
        db.session.commit()
        return "done"

    answers = at_once(app, *(lambda do=do: act(do) for do in acts))
    return sorted(answer if isinstance(answer, str) else type(answer).__name__ for answer in answers)


def test_of_two_who_book_at_once_the_second_is_told(any_app: Flask, cast: Cast):
    """Both forms were made from the same step."""
    number = _ticket(cast, "job_booked")

    def book(ticket: Ticket) -> None:
        ticket.book(cast.grant("other_technician"), *soon(30), by=cast.actor("dispatcher"), version=2)

    assert _two(any_app, cast, number, book, book) == ["Stale", "done"]
    with cast.at_work():
        ticket = Ticket.reached_by(cast.actor("manager"), number)
        assert (len(ticket.assignments), ticket.moves) == (2, 3)


def test_of_two_who_acknowledge_at_once_the_second_finds_it_done(any_app: Flask, cast: Cast):
    number = _ticket(cast, "submitted")

    def acknowledge(ticket: Ticket) -> None:
        ticket.acknowledge(by=cast.actor("service_agent"))

    assert _two(any_app, cast, number, acknowledge, acknowledge) == ["WrongState", "done"]
    with cast.at_work():
        ticket = Ticket.reached_by(cast.actor("manager"), number)
        assert [event.kind for event in history(ticket, staff=True)] == ["ticket.reported", "ticket.acknowledged"]
        assert [run.name for run in ticket.clocks if run.running] == ["repair", "visit"]


def test_of_owner_and_co_owner_who_answer_at_once_one_is_heard(any_app: Flask, cast: Cast):
    number = _ticket(cast, "awaiting_owner")

    def accept(ticket: Ticket) -> None:
        ticket.accept(Signature("林晓雯"), Rating(5, 5, 5), "", cast.actor("owner"))

    def reject(ticket: Ticket) -> None:
        ticket.reject(["other"], "还在滴", cast.actor("co_owner"))

    assert _two(any_app, cast, number, accept, reject) == ["WrongState", "done"]
    with cast.at_work():
        ticket = Ticket.reached_by(cast.actor("manager"), number)
        (row,) = ticket.confirmations
        assert row.accepted is (ticket.state == "accepted")
        assert ticket.round == (0 if row.accepted else 1)


def test_a_write_past_the_verbs_is_noticed_as_well(any_app: Flask, cast: Cast):
    """Whatever changes the row without holding it meets the row's own version."""
    number = _ticket(cast, "submitted")

    def change(ticket: Ticket) -> None:
        ticket.call_first = not ticket.call_first

    both_read_first = any_app.extensions["portal.settings"].database_url.startswith("postgresql")
    other = StaleDataError.__name__ if both_read_first else "done"
    assert _two(any_app, cast, number, change, change) == [other, "done"]


OTHER_STEPS = [-1, 1, 7]


def test_a_form_made_from_another_step_is_stale(app, cast: Cast, subtests):
    for off in OTHER_STEPS:
        with subtests.test(off=off), cast.at_work():
            ticket = cast.ticket("acknowledged")
            with pytest.raises(Stale):
                ticket.book(cast.grant("technician"), *soon(), by=cast.actor("dispatcher"), version=ticket.moves + off)
            with pytest.raises(WrongState):
                ticket.start(by=_technician(cast, ticket), version=ticket.moves + off)
            ticket.say("不算一步", by=cast.actor("owner"))
            ticket.book(cast.grant("technician"), *soon(), by=cast.actor("dispatcher"), version=ticket.moves)


def _technician(cast: Cast, ticket: Ticket) -> Any:
    """A technician whose ticket it is, so that nothing but the state speaks against the step."""
    ticket.technician_id = cast.person("technician").id
    return cast.actor("technician")
