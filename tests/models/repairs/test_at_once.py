"""Two people at the same ticket at the same moment: one acts, the other is told, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm.exc import StaleDataError

from portal.models.base import db
from portal.models.errors import Stale, WrongState
from portal.models.events import history
from portal.models.repairs import Rating, Signature, Ticket
from tests.stage.cast import Cast, soon
from tests.stage.crowd import Meeting, at_once


def _ticket(cast: Cast, state: str) -> str:
    """A committed ticket's number."""
    with cast.at_work():
        number = cast.ticket(state).number
        db.session.commit()
    return number


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
