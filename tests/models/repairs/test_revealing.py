"""The phone in plain: for who must call, for a reason, and on record before it is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.customers.look import LOOK_WORDS, REVEALED
from portal.models.errors import Denied, NotReached, Refused, Repeated
from portal.models.events import Event
from portal.models.property import CommonPart
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Place, Report
from tests.people import CAST
from tests.stage.cast import Cast

PHONE = "+8612900000001"
NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
HOUR = timedelta(hours=1)


def _looks() -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.kind == REVEALED)))


CALLS = {"service_agent", "dispatcher", "manager", "stranger", "sales_adviser", "complaint_officer", "return_visitor"}


def test_who_sees_a_number(app, cast: Cast, subtests):
    for key in CAST:
        with subtests.test(key=key), cast.at_work():
            ticket, by = cast.ticket(), cast.actor(key)
            if key in CALLS:
                assert ticket.reveal_phone("return_call", by=by) == PHONE
                assert [event.actor_id for event in _looks()] == [by.person_id]
            else:
                with pytest.raises(Denied):
                    ticket.reveal_phone("return_call", by=by)
                assert _looks() == []


MOMENTS = [
    (NOON - 13 * HOUR, False),
    (NOON - 12 * HOUR, True),
    (NOON, True),
    (NOON + 12 * HOUR - timedelta(seconds=1), True),
    (NOON + 12 * HOUR, False),
    (NOON + 48 * HOUR, False),
]


def test_a_technician_sees_it_on_the_day_of_the_visit_in_shanghai(app, cast: Cast, subtests):
    for moment, sees in MOMENTS:
        with subtests.test(moment=moment, sees=sees), cast.at_work():
            with clock.at(NOON - 48 * HOUR):
                ticket = cast.ticket("acknowledged")
                ticket.book(cast.grant("technician"), NOON, NOON + 2 * HOUR, cast.actor("dispatcher"))
            with clock.at(moment):
                by = cast.actor("technician")
                assert ticket.may_reveal(by) is sees
                if sees:
                    assert ticket.reveal_phone("arrange_visit", by=by) == PHONE
                else:
                    with pytest.raises(Denied):
                        ticket.reveal_phone("arrange_visit", by=by)


def test_another_technician_and_one_who_was_replaced_do_not(app, cast: Cast):
    with cast.at_work(), clock.at(NOON):
        ticket, by = cast.ticket("acknowledged"), cast.actor("dispatcher")
        ticket.book(cast.grant("technician"), NOON, NOON + 2 * HOUR, by)
        assert not ticket.may_reveal(cast.actor("other_technician"))
        ticket.book(cast.grant("other_technician"), NOON, NOON + 2 * HOUR, by)
        assert not ticket.may_reveal(cast.actor("technician"))


BAD_REASONS = ["", "curious", "ARRANGE_VISIT", "arrange_visit "]


def test_a_look_has_one_of_the_reasons(app, cast: Cast, subtests):
    for reason in BAD_REASONS:
        with subtests.test(reason=reason), cast.at_work():
            ticket = cast.ticket()
            with pytest.raises(Refused) as refused:
                ticket.reveal_phone(reason, by=cast.actor("dispatcher"))
            assert refused.value.field == "reason"
            assert _looks() == []
            for known in LOOK_WORDS:
                ticket.reveal_phone(known, by=cast.actor("dispatcher"))
            assert len(_looks()) == len(LOOK_WORDS)


def test_the_look_is_on_record_without_the_number(any_app, cast: Cast):
    with cast.at_work():
        ticket, by = cast.ticket(), cast.actor("service_agent", once=True)
        ticket.reveal_phone("verify_identity", by=by)
        db.session.commit()
        (event,) = _looks()
        assert event.fields == {"what": "phone", "reason": "verify_identity", "ticket": ticket.number}
        assert (event.about_noun, event.about_id) == ("person", cast.person("owner").id)
        assert not event.owner_sees
        assert PHONE[3:].encode() not in event.json
        with pytest.raises(Repeated):
            ticket.reveal_phone("verify_identity", by=by)


def test_of_a_caller_nobody_knows_it_is_the_number_the_desk_noted(app, cast: Cast):
    """Then the look is one at the ticket."""
    with cast.at_work():
        ticket, by = _filed(cast, "13600000000"), cast.actor("service_agent")
        assert ticket.reveal_phone("return_call", by=by) == "13600000000"
        (event,) = _looks()
        assert (event.about_noun, event.about_id) == ("ticket", ticket.id)
        assert b"13600000000" not in event.json
        with pytest.raises(NotReached):
            _filed(cast, "").reveal_phone("return_call", by=by)
        assert len(_looks()) == 1


def _filed(cast: Cast, phone: str) -> Ticket:
    place = Place(cast.development(), None, common_part=CommonPart.GROUNDS)
    report = Report("路灯不亮", caller_name="白静", caller_phone=phone)
    return Ticket.file(place, Defect.current("PUBLIC-01"), report, cast.actor("service_agent"), None)
