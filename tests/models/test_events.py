"""Events: exact fields, the bytes the chain will hash, sealed notes, and one row for one form."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.models.accounts import Link, RecoveryCode, Session, Totp, staffing
from portal.models.accounts.departing import leave_staff
from portal.models.accounts.factors import missed, remove
from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.errors import Repeated
from portal.models.events import KINDS, Event, declare, history, record
from portal.models.queue import Job
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Report
from portal.models.repairs.states import NOTE, PROGRESSED, REPORTED, STARTED
from portal.models.talk import Message
from portal.vault.chain import canonical_json, note_digest
from tests.people import CAST
from tests.stage.cast import WORDS, Cast
from tests.stage.crowd import at_once

SIX_DIGITS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


WRONG_FIELDS = [{}, {"photos": 1, "words": 2}, {"photo": 1}]


def test_a_kind_takes_exactly_its_declared_fields(app, cast: Cast, subtests):
    for fields in WRONG_FIELDS:
        with subtests.test(fields=fields), cast.at_work():
            ticket, by = cast.ticket("in_work"), cast.actor("technician")
            before = db.session.scalar(select(func.count(Event.id)))
            with pytest.raises(ValueError, match="photos"):
                record(by, PROGRESSED, ticket, **fields)
            assert db.session.scalar(select(func.count(Event.id))) == before


def test_a_kind_is_declared_once_and_an_undeclared_one_is_unknown(app, cast: Cast):
    with pytest.raises(ValueError, match="declared already"):
        declare(REPORTED)
    with cast.at_work(), pytest.raises(KeyError):
        record(SYSTEM, "ticket.invented", cast.ticket())


def test_the_bytes_are_canonical_and_say_what_the_columns_say(any_app, cast: Cast):
    """A verifier hashes the kept bytes and compares the columns beside them."""
    with cast.at_work():
        cast.ticket("accepted")
        db.session.commit()
        db.session.expire_all()
        for event in db.session.scalars(select(Event)):
            body = json.loads(event.json)
            assert canonical_json(body) == event.json
            assert body["id"] == event.id.hex
            assert body["kind"] == event.kind
            assert body["about"] == [event.about_noun, event.about_id.hex]
            assert (body["actor"], body["role"]) == (event.actor_id.hex, event.role)
            assert datetime.fromisoformat(body["at"]) == event.at
            assert set(body["fields"]) == set(event.fields) == KINDS[event.kind].fields


def test_times_have_six_digits_even_on_the_full_second(app, cast: Cast):
    with cast.at_work(), clock.at(datetime(2026, 11, 21, 8, tzinfo=UTC)):
        event = history(cast.ticket(), staff=True)[0]
        assert json.loads(event.json)["at"] == "2026-11-21T08:00:00.000000Z"


def test_times_in_fields_are_utc_wherever_they_come_from(app, cast: Cast):
    """A form says Shanghai time; what is kept for ever says UTC and means it."""
    with cast.at_work():
        ticket = cast.ticket("acknowledged")
        start = (clock.now() + timedelta(hours=5)).astimezone(timezone(timedelta(hours=8)))
        event = ticket.book(cast.grant("technician"), start, start + timedelta(hours=2), cast.actor("dispatcher"))
        written = event.fields["window_start"]
        assert SIX_DIGITS.fullmatch(written)
        assert datetime.fromisoformat(written) == start


def test_a_note_is_sealed_and_bound_by_a_salted_digest(any_app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket("in_work")
        event_id = ticket.finish("换了三通，闭水 24 小时", by=cast.actor("technician")).id
        db.session.commit()
        db.session.expire_all()
        event = db.session.get_one(Event, event_id)
        assert event.note == "换了三通，闭水 24 小时"
        assert json.loads(event.json)["sealed"] == note_digest({"text": event.note, "salt": event.salt})
        assert "三通".encode() not in event.note_sealed + event.json
        assert event.salt not in event.json.decode()
        assert event.sealed_subject == ticket.subject


def test_a_note_needs_a_subject_and_an_event_without_one_has_neither(app, cast: Cast):
    with cast.at_work():
        ticket, by = cast.ticket("job_booked"), cast.actor("technician")
        with pytest.raises(ValueError, match="subject"):
            record(by, STARTED, ticket, note="到了")
        event = ticket.start(by=by)
        assert event.note is None
        assert "sealed" not in json.loads(event.json)


def _whole_story(cast: Cast) -> list[str]:
    """A ticket through every verb; returns every word that somebody said on the way."""
    ticket = cast.ticket("in_work")
    cast.do(ticket, "post_progress")
    for verb in ("finish", "send_back", "finish", "pass_check", "reject", "book_rework", "start"):
        cast.do(ticket, verb)
    ticket.say("周六下午可以来吗", by=cast.actor("owner"))
    ticket.note("业主出差，下周回", by=cast.actor("service_agent"))
    ticket.reveal_phone("arrange_visit", by=cast.actor("dispatcher"))
    for verb in ("finish", "pass_check", "accept"):
        cast.do(ticket, verb)
    cast.do(cast.ticket("job_booked"), "withdraw")
    for device in ("one", "another"):
        Session.begin(cast.account("owner"))[0].on(device)
    token = Link.make(cast.account("owner"), by=SYSTEM)
    Link.of_token(token).use("a new password for the owner")
    said = [WORDS, "周六下午", "业主出差", "正在补防水", "收口没做好", "闭水", "还在滴", "很好", token]
    return [*said, "a new password", *_staff_story(cast)]


def _staff_story(cast: Cast) -> list[str]:
    """A member of the staff with second factors, roles and a hand-over; returns the secrets on the way."""
    account, by, owner = cast.account("technician"), cast.actor("manager"), cast.account("owner")
    app = Totp.begin(owner)
    secret = app.secret
    app.confirm(app.now(), by=cast.actor("owner"))
    codes = RecoveryCode.renew(owner, by=cast.actor("owner"))
    RecoveryCode.take(owner, codes[0])
    session = Session.begin(owner)[0]
    db.session.flush()
    for _ in range(5):
        missed(session)
    remove(owner, app.id, by=cast.actor("owner"))
    cast.ticket("job_booked")
    staffing.end_role(account, staffing.give_role(account, "dispatcher", None, by).id, by)
    staffing.end_sessions(account, by)
    staffing.reset_factors(account, by)
    leave_staff(account, by, cast.grant("other_technician"))
    return [secret or "", *codes]


def test_nothing_personal_stands_in_the_json_of_a_whole_story(app, cast: Cast):
    with cast.at_work():
        said = _whole_story(cast)
        db.session.flush()
        events = db.session.scalars(select(Event)).all()
        told = {event.kind for event in events}
        assert {kind for kind in KINDS if kind.startswith(("ticket.", "account."))} <= told
        personal = [*said, *(known.name for known in CAST.values()), *(known.phone for known in CAST.values())]
        personal += [f"{key}@" for key in CAST]
        for event in events:
            text = event.json.decode() + json.dumps(json.loads(event.json), ensure_ascii=False)
            assert [value for value in personal if value in text] == []


def test_the_same_form_twice_is_repeated_and_names_what_the_first_did(app, cast: Cast):
    with cast.at_work():
        ticket, by = cast.ticket("job_booked"), cast.actor("technician", once=True)
        ticket.start(by=by)
        with pytest.raises(Repeated) as repeated:
            ticket.post_progress("再发一次", by=by)
        assert repeated.value.about == ticket.id
        assert ticket.state == "in_work"
        ticket.post_progress("另一张表", by=cast.actor("technician", once=True))
        ticket.post_progress("没有钥匙的命令", by=cast.actor("technician"))


def test_a_double_click_makes_one_ticket(any_app, cast: Cast):
    """Two requests of the same form at the same moment: one row, and the other hears which."""
    key = uuid4()

    def submit() -> object:
        by = cast.actor("owner").with_once(key)
        number = Ticket.report(cast.place(), Defect.current("LEAK-05"), Report(WORDS), by).number
        db.session.commit()
        return number

    answers = at_once(any_app, submit, submit)
    with cast.at_work():
        (ticket,) = db.session.scalars(select(Ticket)).all()
        (repeated,) = [answer for answer in answers if isinstance(answer, Exception)]
        assert isinstance(repeated, Repeated), repeated
        assert repeated.about == ticket.id
        assert ticket.number in answers


def test_a_double_click_says_it_once(any_app, cast: Cast):
    key = uuid4()
    with cast.at_work():
        number = cast.ticket().number
        db.session.commit()

    def say() -> None:
        by = cast.actor("owner").with_once(key)
        Ticket.reached_by(by, number).say("您好，在吗", by=by)
        db.session.commit()

    answers = at_once(any_app, say, say)
    with cast.at_work():
        assert db.session.scalar(select(func.count(Message.id))) == 1
        assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "Repeated"]


def test_history_is_in_order_and_the_owners_side_sees_its_own(app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket("in_work")
        ticket.note("别让业主等", by=cast.actor("dispatcher"))
        db.session.flush()
        staff = [event.kind for event in history(ticket, staff=True)]
        assert staff == ["ticket.reported", "ticket.acknowledged", "ticket.booked", "ticket.started", NOTE]
        assert [event.kind for event in history(ticket, staff=False)] == staff[:-1]


def test_people_are_told_by_a_job_of_the_same_transaction(app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket()
        event = history(ticket, staff=True)[0]
        note = ticket.note("只给员工看", by=cast.actor("dispatcher"))
        told = [job.payload["event"] for job in db.session.scalars(select(Job).where(Job.kind == "notices.fan_out"))]
        assert told == [event.id.hex]
        assert note.id.hex not in told
