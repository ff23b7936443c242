"""The staff's lists: every ticket once, page by page, whatever happens to the key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from portal import clock
from portal.models.actor import NOBODY
from portal.models.base import db
from portal.models.repairs import Ticket
from portal.models.repairs.lists import MOST_COUNTED, PAGE, VIEWS, ListView, Page, _key, _key_of, counts, page
from tests.stage.cast import Cast

START = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
NONSENSE = [
    "", "-", "1", "x-y", "1-2", "９-x", f"1e5-{'0' * 32}", f"{'9' * 30}-{'0' * 32}", f"{'9' * 5000}-{'0' * 32}",
    f"-5-{'0' * 32}", f"1700000000000000-{'g' * 32}", f"253402300800000000-{'0' * 32}", "\x00-\x00", "' or 1=1 --",
]  # fmt: skip


def _copies(ticket: Ticket, count: int, **values: object) -> None:
    """Rows like this one, written at once; every third shares its moment with the one before."""
    db.session.flush()
    row = db.session.execute(select(*_columns()).where(Ticket.id == ticket.id)).mappings().one()
    rows = []
    for number in range(count):
        moment = START + timedelta(microseconds=1_234_567 * (number - (number % 3 == 2)) + 1)
        times = {"next_due_at": moment, "updated_at": moment}
        rows.append(dict(row) | times | {"id": uuid4(), "number": f"T-{number:04d}", "report_sealed": None} | values)
    db.session.execute(insert(Ticket.__table__), rows)


def _columns() -> list[object]:
    return list(Ticket.__table__.c)


def _walk(actor: object, view: ListView) -> list[UUID]:
    """The ids of all pages in order."""
    found: list[UUID] = []
    shown = Page([], "")
    while shown.after is not None:
        shown = page(actor, view, shown.after)
        assert len(shown.tickets) == PAGE or shown.after is None
        found += [ticket.id for ticket in shown.tickets]
    return found


@pytest.mark.parametrize("code", ["open", "done"])
def test_paging_shows_every_ticket_once_and_in_order(any_app: Flask, cast: Cast, code: str):
    with cast.at_work():
        _copies(cast.ticket("withdrawn" if code == "done" else "submitted"), 120)
        view, by = VIEWS[code], cast.actor("dispatcher")
        found = _walk(by, view)
        column = Ticket.updated_at if view.newest else Ticket.next_due_at
        rows = db.session.execute(select(Ticket.id, column).where(Ticket.development_id == by.development_id)).all()
        expected = sorted(rows, key=lambda row: (row[1], row[0].bytes), reverse=view.newest)
        assert found == [row.id for row in expected]
        assert len(set(found)) == 121


def test_a_ticket_that_changes_while_one_pages_is_not_shown_twice(app, cast: Cast):
    with cast.at_work():
        _copies(cast.ticket(), 70)
        by, view = cast.actor("dispatcher"), VIEWS["open"]
        first = page(by, view)
        gone = [ticket.id for ticket in first.tickets[:10]]
        db.session.execute(update(Ticket).where(Ticket.id.in_(gone)).values(is_open=False))
        second = page(by, view, first.after)
        assert not {ticket.id for ticket in first.tickets} & {ticket.id for ticket in second.tickets}
        assert len(second.tickets) == 21


def test_a_key_that_is_nonsense_begins_at_the_top(app, cast: Cast, subtests):
    for key in NONSENSE:
        with subtests.test(key=key), cast.at_work():
            ticket = cast.ticket()
            for view in VIEWS.values():
                shown = page(cast.actor("dispatcher"), view, key)
                assert (ticket in shown.tickets) == (view.code in ("open", "new"))


@given(st.integers(0, 4_000_000_000_000_000), st.uuids())
@example(2_147_500_000_000_001, uuid4())  # in 2038: as a float of seconds it is another microsecond
def test_a_key_says_its_moment_to_the_microsecond(micros: int, row_id: UUID):
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    ticket = Ticket(id=row_id, next_due_at=at, updated_at=at)
    for view in VIEWS.values():
        assert _key(_key_of(ticket, view)) == (at, row_id)


def test_counts_stop_at_a_thousand_and_one(app, cast: Cast):
    with cast.at_work():
        _copies(cast.ticket(), MOST_COUNTED + 20)
        counted = counts(cast.actor("dispatcher"))
        assert (counted["open"], counted["new"]) == (MOST_COUNTED + 1, MOST_COUNTED + 1)
        assert (counted["dispatch"], counted["check"], counted["owner"]) == (0, 0, 0)
        assert "done" not in counted


def test_every_list_holds_its_own_states(any_app, cast: Cast):
    states = ("submitted", "acknowledged", "job_booked", "in_work", "work_done", "awaiting_owner", "rework")
    with cast.at_work():
        tickets = {state: cast.ticket(state) for state in (*states, "accepted", "withdrawn")}
        by = cast.actor("manager")
        held = {
            code: {ticket.state for ticket in page(by, view).tickets} for code, view in VIEWS.items() if code != "late"
        }
        assert held == {
            "open": set(states),
            "new": {"submitted"},
            "dispatch": {"acknowledged", "rework"},
            "check": {"work_done"},
            "owner": {"awaiting_owner"},
            "done": {"accepted", "withdrawn"},
        }
        assert {code: counts(by)[code] for code in ("open", "dispatch")} == {"open": 7, "dispatch": 2}
        assert len(tickets) == 9


def test_late_is_what_we_owe_and_not_what_the_owner_owes(app, cast: Cast):
    with cast.at_work():
        with clock.at(START):
            ours, theirs = cast.ticket(), cast.ticket("awaiting_owner")
        by = cast.actor("manager")
        with clock.at(START + timedelta(minutes=29)):
            assert page(by, VIEWS["late"]).tickets == []
        with clock.at(START + timedelta(minutes=31)):
            assert page(by, VIEWS["late"]).tickets == [ours]
        with clock.at(START + timedelta(days=30)):
            assert counts(by)["late"] == 1
            assert theirs in page(by, VIEWS["owner"]).tickets


FOREIGN = ["stranger", "technician", "owner"]


def test_a_list_holds_only_what_the_grant_reaches(app, cast: Cast, subtests):
    for key in FOREIGN:
        with subtests.test(key=key), cast.at_work():
            cast.ticket(by="neighbour", code="1-1-0102")
            assert page(cast.actor(key), VIEWS["open"]).tickets == []
            assert set(counts(cast.actor(key)).values()) == {0}
            assert page(NOBODY, VIEWS["open"]).tickets == []
