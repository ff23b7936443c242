"""The clocks of a ticket: what runs in which state, until when, and which promise is the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from portal import clock
from portal.models.base import db
from portal.models.repairs import State, Ticket
from portal.models.repairs.confirmable import RAISED
from portal.models.repairs.timed import TicketClock
from tests.stage.cast import Cast

# A Monday morning in Shanghai, far from holidays.
MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

RUNNING = {
    State.SUBMITTED: {"response", "repair"},
    State.ACKNOWLEDGED: {"visit", "repair"},
    State.JOB_BOOKED: {"visit", "repair"},
    State.IN_WORK: {"repair"},
    State.WORK_DONE: {"repair"},
    State.AWAITING_OWNER: {"reply"},
    State.REWORK: {"visit", "repair"},
    State.ACCEPTED: set(),
    State.WITHDRAWN: set(),
}
# Priority → a defect of it, and when response, visit and repair are due after Monday 10:00. A working day keeps the
# time of day: three of them end on Thursday, seven on Wednesday of the week after.
DUE = {
    "emergency": ("PLUMB-01", 5 * MINUTE, 30 * MINUTE, 24 * HOUR),
    "urgent": ("LEAK-05", 30 * MINUTE, 2 * HOUR, 48 * HOUR),
    "normal": ("DOOR-01", 2 * HOUR, 3 * DAY, 9 * DAY),
    "complex": ("LEAK-02", 2 * HOUR, 3 * DAY, 21 * DAY),
}


def _running(ticket: Ticket) -> dict[str, datetime]:
    return {run.name: run.due_at for run in ticket.clocks if run.running}


def test_the_clocks_of_every_state(any_app, cast: Cast, subtests):
    for state in State:
        with subtests.test(state=state), cast.at_work(), clock.at(MONDAY):
            ticket = cast.ticket(state.value)
            db.session.commit()
            db.session.expire_all()
            running = _running(ticket)
            assert set(running) == RUNNING[state]
            assert ticket.next_due_at == min(running.values(), default=None)
            assert ticket.next_clock == min(running, key=lambda name: running[name], default=None)
            assert all(run.ended_at == MONDAY for run in ticket.clocks if not run.running)


def test_every_priority_of_the_table_is_tried():
    assert set(RUNNING) == set(State)
    assert {*RAISED, *RAISED.values()} - {"parts"} <= set(DUE)


def test_due_times_follow_the_limits_of_the_priority(app, cast: Cast, subtests):
    for priority, (defect, response, visit, repair) in DUE.items():
        with subtests.test(priority=priority), cast.at_work(), clock.at(MONDAY):
            ticket = cast.ticket(defect=defect)
            assert ticket.priority == priority
            assert _running(ticket) == {"response": MONDAY + response, "repair": MONDAY + repair}
            with clock.at(MONDAY + 10 * MINUTE):
                cast.do(ticket, "acknowledge")
            assert _running(ticket) == {"visit": MONDAY + 10 * MINUTE + visit, "repair": MONDAY + repair}
            assert all(run.limit_code and run.limit_version for run in ticket.clocks)


def test_a_weekend_does_not_count_as_working_days(app, cast: Cast):
    friday = MONDAY + 4 * DAY
    with cast.at_work(), clock.at(friday):
        ticket = cast.ticket("acknowledged", defect="DOOR-01")
        assert _running(ticket)["visit"] == friday + 5 * DAY
        lines = ticket.clock_named("visit").lines
        assert [step for step, _, _ in lines].count("weekend") == 2
        assert lines[0][1] == "2026-11-20T02:00:00.000000Z"


def test_the_owner_has_seven_days_to_answer(app, cast: Cast):
    with cast.at_work(), clock.at(MONDAY):
        ticket = cast.ticket("awaiting_owner")
        assert _running(ticket) == {"reply": MONDAY + 7 * DAY}
        assert (ticket.clock_named("reply").limit_code, ticket.next_clock) == (None, "reply")


REJECTED = [("DOOR-01", "urgent"), ("LEAK-02", "normal"), ("LEAK-05", "urgent"), ("PLUMB-01", "emergency")]


def test_a_rejection_starts_the_clocks_again_one_step_more_urgent(app, cast: Cast, subtests):
    for defect, raised in REJECTED:
        with subtests.test(defect=defect, raised=raised), cast.at_work():
            with clock.at(MONDAY):
                ticket = cast.ticket("awaiting_owner", defect=defect)
            with clock.at(later := MONDAY + 7 * DAY):
                cast.do(ticket, "reject")
            _, _, visit, repair = DUE[raised]
            assert ticket.priority == raised
            assert _running(ticket) == {"visit": later + visit, "repair": later + repair}
            assert ticket.clock_named("reply").ended_at == later
            assert [run.name for run in ticket.clocks].count("repair") == 2


def test_work_that_is_sent_back_keeps_its_promise(app, cast: Cast):
    with cast.at_work(), clock.at(MONDAY):
        ticket = cast.ticket("work_done")
        before = _running(ticket)
        with clock.at(MONDAY + 3 * DAY):
            cast.do(ticket, "send_back")
        assert _running(ticket) == before
        assert ticket.next_due_at == before["repair"]


def test_ended_clocks_stay_as_they_were(any_app, cast: Cast):
    """Why something was late is read from them years later."""
    with cast.at_work():
        with clock.at(MONDAY):
            ticket = cast.ticket()
        with clock.at(MONDAY + HOUR):
            cast.do(ticket, "acknowledge")
        with clock.at(MONDAY + 2 * HOUR):
            cast.do(ticket, "book")
            cast.do(ticket, "start")
        db.session.commit()
        db.session.expire_all()
        rows = db.session.scalars(select(TicketClock).order_by(TicketClock.id)).all()
        assert [(run.name, run.started_at, run.ended_at) for run in rows] == [
            ("response", MONDAY, MONDAY + HOUR),
            ("repair", MONDAY, None),
            ("visit", MONDAY + HOUR, MONDAY + 2 * HOUR),
        ]
