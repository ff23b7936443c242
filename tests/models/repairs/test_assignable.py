"""Bookings: a window that makes sense, a technician who may come, and a history that stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.models.base import db
from portal.models.errors import Refused, WrongState
from portal.models.repairs import Assignment, Ticket
from tests.stage.cast import Cast, soon

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)

WINDOWS = [
    (24 * HOUR, 26 * HOUR, ""),
    (24 * HOUR, 28 * HOUR, ""),
    (-HOUR, HOUR, ""),
    (60 * DAY, 60 * DAY + HOUR, ""),
    (24 * HOUR, 28 * HOUR + SECOND, "end"),
    (24 * HOUR, 24 * HOUR, "end"),
    (24 * HOUR, 23 * HOUR, "end"),
    (-2 * HOUR, timedelta(), "start"),
    (-2 * DAY, -2 * DAY + HOUR, "start"),
    (60 * DAY + SECOND, 60 * DAY + HOUR, "start"),
]


def test_a_window_is_ahead_short_and_not_too_far(app, cast: Cast, subtests):
    for start, end, field in WINDOWS:
        with subtests.test(start=start, end=end, field=field), cast.at_work(), clock.at(NOW):
            ticket, by = cast.ticket("acknowledged"), cast.actor("dispatcher")
            if field:
                with pytest.raises(Refused) as refused:
                    ticket.book(cast.grant("technician"), NOW + start, NOW + end, by)
                assert refused.value.field == field
                assert (ticket.state, ticket.assignments) == ("acknowledged", [])
            else:
                ticket.book(cast.grant("technician"), NOW + start, NOW + end, by)
                assert (ticket.window_start, ticket.window_end) == (NOW + start, NOW + end)


def _refuses(cast: Cast, ticket: Ticket, key: str) -> bool:
    with pytest.raises(Refused) as refused:
        ticket.book(cast.grant(key), *soon(), by=cast.actor("dispatcher"))
    return refused.value.field == "technician"


def test_only_a_technician_of_this_development_can_be_booked(app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket("acknowledged")
        assert all(_refuses(cast, ticket, key) for key in ("dispatcher", "manager", "stranger"))
        cast.grant("technician").development_id = cast.grant("stranger").development_id
        assert _refuses(cast, ticket, "technician")


def test_a_technician_who_has_left_cannot_be_booked(app, cast: Cast):
    with cast.at_work():
        ticket, grant = cast.ticket("acknowledged"), cast.grant("technician")
        grant.until = clock.now()
        with pytest.raises(Refused):
            ticket.book(grant, *soon(), by=cast.actor("dispatcher"))
        cast.account("other_technician").disabled_at = clock.now()
        assert _refuses(cast, ticket, "other_technician")


def test_booking_anew_keeps_the_history(any_app, cast: Cast):
    with cast.at_work():
        ticket, by = cast.ticket("job_booked"), cast.actor("dispatcher")
        first = ticket.assignment
        ticket.book(cast.grant("other_technician"), *soon(48), by=by)
        db.session.commit()
        db.session.expire_all()
        assert [row.technician_id for row in ticket.assignments] == [
            cast.person(key).id for key in ("technician", "other_technician")
        ]
        assert ticket.assignments[0] is first
        assert (ticket.technician_id, ticket.assignment) == (cast.person("other_technician").id, ticket.assignments[1])
        assert ticket.worker_ids == {row.technician_id for row in ticket.assignments}
        assert ticket.assignment.made_by_id == by.person_id


def test_a_rework_is_booked_in_its_own_round(app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket("rework")
        cast.do(ticket, "book_rework")
        assert [row.round for row in ticket.assignments] == [0, 1]
        assert ticket.assignment.grant is cast.grant("technician")


ELSEWHERE = ["submitted", "in_work", "accepted", "withdrawn"]


def test_nobody_is_booked_for_a_ticket_that_is_elsewhere(app, cast: Cast, subtests):
    for state in ELSEWHERE:
        with subtests.test(state=state), cast.at_work():
            ticket = cast.ticket(state)
            before = len(ticket.assignments)
            with pytest.raises(WrongState):
                ticket.book(cast.grant("technician"), *soon(), by=cast.actor("dispatcher"))
            db.session.flush()
            assert len(db.session.query(Assignment).filter_by(ticket_id=ticket.id).all()) == before
