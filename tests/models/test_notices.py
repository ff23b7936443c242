"""Notices: every rule reaches exactly its people, never the one who did it, and never twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.models.accounts import Grant, Role
from portal.models.accounts.session import NEW_DEVICE
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.events import KINDS, NOT_WHOLE, Event
from portal.models.notices import Notice, fan_out
from portal.models.notices.rules import RULES
from portal.models.privacy.states import State
from portal.models.queue import Job
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Report
from portal.models.signals import version_of
from tests.models.privacy.stories import asked, who
from tests.people import CAST
from tests.stage.cast import Cast, soon
from tests.stage.crowd import at_once

BOTH = {"owner", "co_owner"}


@dataclass(frozen=True)
class Story:
    """A step: from which state, which verb by whom; then who is told on each face, and who of them by mail."""

    state: str
    verb: str
    by: str
    owners: frozenset[str] | set[str] = frozenset()
    staff: frozenset[str] | set[str] = frozenset()
    mailed: frozenset[str] | set[str] = frozenset()


STORIES = {
    "ticket.reported": Story("", "report", "owner", {"co_owner"}, {"service_agent"}, {"co_owner"}),
    "ticket.acknowledged": Story("submitted", "acknowledge", "service_agent", BOTH, set(), BOTH),
    "ticket.booked": Story("acknowledged", "book", "dispatcher", BOTH, {"technician"}, {*BOTH, "technician"}),
    "ticket.handed_over": Story("in_work", "hand_over", "dispatcher", BOTH, {"other_technician"}, {"other_technician"}),
    "ticket.started": Story("job_booked", "start", "technician", BOTH),
    "ticket.progressed": Story("in_work", "post_progress", "technician", BOTH),
    "ticket.finished": Story("in_work", "finish", "technician", BOTH, {"dispatcher", "manager"}),
    "ticket.checked": Story("work_done", "pass_check", "dispatcher", BOTH, set(), BOTH),
    "ticket.sent_back": Story("work_done", "send_back", "manager", set(), {"technician"}, {"technician"}),
    "ticket.accepted": Story("awaiting_owner", "accept", "owner", {"co_owner"}, {"technician", "service_agent"}),
    "ticket.rejected": Story("awaiting_owner", "reject", "co_owner", {"owner"}, {"manager"}, {"owner", "manager"}),
    "ticket.withdrawn": Story(
        "job_booked", "withdraw", "owner", {"co_owner"}, {"service_agent", "technician"}, {"co_owner", "technician"}
    ),
    "ticket.message": Story("in_work", "say", "co_owner", {"owner"}, {"technician", "service_agent"}),
}
# The same, done by somebody whom another rule names: they are left out on either face.
DOERS = [
    ("ticket.message", "technician", BOTH, {"service_agent"}),
    ("ticket.message", "service_agent", BOTH, {"technician"}),
    ("ticket.message", "manager", BOTH, {"technician", "service_agent"}),
    ("ticket.booked", "manager", BOTH, {"technician"}),
    ("ticket.checked", "manager", BOTH, set()),
]


def _play(cast: Cast, kind: str, by: str = "") -> Event:
    """Bring a ticket there, take the step, and write the notices of its event alone."""
    story = STORIES[kind]
    who = by or story.by
    if story.verb == "report":
        cast.ticket(by=who)
    else:
        ticket = cast.ticket(story.state)
        if story.verb == "say":
            ticket.say("几点来", by=cast.actor(who))
        elif story.verb == "hand_over":
            ticket.hand_over(cast.grant("other_technician"), cast.actor(who))
        else:
            cast.do(ticket, story.verb, by=who)
    db.session.flush()
    event = db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.id.desc())).first()
    fan_out(event.id)
    db.session.flush()
    return event


def _told(cast: Cast, event: Event, *, staff: bool) -> set[str]:
    people = {cast.person(key).id: key for key in CAST}
    found = select(Notice).where(Notice.event_id == event.id, Notice.staff.is_(staff))
    return {people[notice.person_id] for notice in db.session.scalars(found)}


def _mailed(cast: Cast) -> set[str]:
    people = {cast.person(key).id: key for key in CAST}
    jobs = db.session.scalars(select(Job).where(Job.kind == "notices.mail"))
    return {people[db.session.get_one(Notice, UUID(str(job.payload["notice"]))).person_id] for job in jobs}


def test_every_kind_that_is_told_has_its_rule_and_its_story():
    """Those of an erasure and of a new device stand beside: tests/models/privacy, tests/owner/accounts."""
    assert {kind.name for kind in KINDS.values() if kind.told} == set(RULES)
    assert {kind for kind in RULES if not kind.startswith("erasure.")} == {*STORIES, NOT_WHOLE, NEW_DEVICE}


def test_a_rule_reaches_exactly_its_people(any_app: Flask, cast: Cast, subtests):
    for kind, story in STORIES.items():
        with subtests.test(kind=kind), cast.at_work():
            event = _play(cast, kind)
            assert _told(cast, event, staff=False) == story.owners
            assert _told(cast, event, staff=True) == story.staff
            assert _mailed(cast) == story.mailed


def test_whoever_did_it_is_not_told(app, cast: Cast):
    for kind, by, owners, staff in DOERS:
        with cast.at_work():
            event = _play(cast, kind, by)
            assert (_told(cast, event, staff=False), _told(cast, event, staff=True)) == (owners, staff), (kind, by)


def test_the_staffs_own_note_is_told_to_nobody(app, cast: Cast):
    with cast.at_work():
        event = cast.ticket("in_work").note("只给员工看", by=cast.actor("dispatcher"))
        assert fan_out(event.id) == 0
        assert db.session.scalars(select(Notice)).all() == []


def test_doing_it_again_adds_nothing(any_app: Flask, cast: Cast):
    with cast.at_work():
        event_id = _play(cast, "ticket.booked").id
        db.session.commit()
        before = len(db.session.scalars(select(Notice)).all()), len(db.session.scalars(select(Job)).all())
        assert fan_out(event_id) == 0
        db.session.commit()
        assert (len(db.session.scalars(select(Notice)).all()), len(db.session.scalars(select(Job)).all())) == before

    def again() -> int:
        made = fan_out(event_id)
        db.session.commit()
        return made

    assert at_once(any_app, again, again) == [0, 0]


def test_a_common_part_is_told_to_who_reported_it(app, cast: Cast):
    with cast.at_work():
        ticket = Ticket.report(cast.common(), Defect.current("PUBLIC-01"), Report("电梯异响"), cast.actor("owner"))
        event = ticket.acknowledge(by=cast.actor("service_agent"))
        db.session.flush()
        fan_out(event.id)
        assert _told(cast, event, staff=False) == {"owner"}


def test_a_household_that_has_moved_out_is_told_nothing_more(app, cast: Cast):
    """They no longer reach the ticket, so their mail must not speak of it either."""
    with cast.at_work():
        ticket = cast.ticket("job_booked")
        common = Ticket.report(cast.common(), Defect.current("PUBLIC-01"), Report("电梯"), cast.actor("owner"))
        for code in ("1-1-0101", "1-1-0201"):
            cast.tenure(code).ended_on = clock.today()
        db.session.flush()
        for event in (ticket.start(by=cast.actor("technician")), common.acknowledge(by=cast.actor("dispatcher"))):
            db.session.flush()
            fan_out(event.id)
            assert _told(cast, event, staff=False) == set()


def test_somebody_who_has_left_the_staff_is_told_nothing_more(app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket("in_work")
        for key in ("technician", "service_agent"):
            cast.grant(key).until = clock.now()
        event = ticket.say("几点来", by=cast.actor("owner"))
        db.session.flush()
        fan_out(event.id)
        assert _told(cast, event, staff=True) == set()


def test_a_technician_who_is_the_owner_too_hears_it_on_each_face_once(app, cast: Cast):
    with cast.at_work():
        grant = Grant.give(cast.account("co_owner"), Role.TECHNICIAN, cast.development().id)
        ticket = cast.ticket("acknowledged")
        event = ticket.book(grant, *soon(), by=cast.actor("dispatcher"))
        db.session.flush()
        assert fan_out(event.id) == 3
        assert _told(cast, event, staff=True) == {"co_owner"}
        assert _told(cast, event, staff=False) == BOTH


def test_the_words_carry_the_number_and_nothing_else():
    for kind, rules in RULES.items():
        for rule in rules:
            assert re.findall(r"%\((\w+)\)s", rule.text) == ([] if kind in (NOT_WHOLE, NEW_DEVICE) else ["number"])
            assert len(rule.text) <= 60


def test_the_bell_counts_and_is_emptied_one_face_at_a_time(any_app, cast: Cast):
    with cast.at_work():
        event = _play(cast, "ticket.message", "manager")
        db.session.commit()
        owner, agent = cast.person("owner").id, cast.person("service_agent").id
        (notice,) = Notice.of_person(owner, staff=False)
        assert (notice.event_id, notice.read_at) == (event.id, None)
        assert (Notice.unread(owner, staff=False), Notice.unread(owner, staff=True)) == (1, 0)
        bell = version_of(f"person:{owner.hex}")
        Notice.read_all(owner, staff=True)
        Notice.read_all(owner, staff=False)
        db.session.commit()
        assert (Notice.unread(owner, staff=False), Notice.unread(agent, staff=True)) == (0, 1)
        assert version_of(f"person:{owner.hex}") == bell + 1


def test_the_bell_shows_the_newest_fifty(app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket()
        events = [ticket.say(f"第 {number} 条", by=cast.actor("service_agent")) for number in range(55)]
        for event in events:
            fan_out(event.id)
        shown = Notice.of_person(cast.person("owner").id, staff=False)
        assert [notice.event_id for notice in shown] == [event.id for event in reversed(events)][:50]


def test_a_request_of_somebody_who_belongs_nowhere_is_told_to_whoever_may_decide(any_app: Flask, cast: Cast):
    """Of every development: they all see it, and it is nobody's in particular."""
    with cast.at_work():
        elsewhere = db.session.scalars(select(Grant).where(Grant.role == Role.MANAGER)).all()
        other = next(grant for grant in elsewhere if grant.account.person_id == cast.person("stranger").id)
        Grant.give(other.account, Role.SERVICE_AGENT, other.development_id)
        Grant.give(other.account, Role.AUDITOR, other.development_id)
        for grant in Grant.of_account(cast.account("technician").id):
            grant.until = clock.now()  # has left, and nothing holds what is kept
        for state, told in (
            (State.REQUESTED, {"service_agent", "stranger"}),
            (State.CLEARED, {"auditor", "stranger"}),
            (State.WITHDRAWN, {"service_agent", "stranger"}),
        ):
            erasure = asked(cast, state, "technician")
            assert erasure.development_id is None
            db.session.flush()
            event = db.session.scalars(
                select(Event).where(Event.about_id == erasure.id).order_by(Event.id.desc())
            ).first()
            fan_out(event.id)
            heard = select(Notice.person_id).where(Notice.event_id == event.id, Notice.staff)
            assert {*db.session.scalars(heard)} == {cast.person(key).id for key in told} - {event.actor_id}, state
            if state != State.WITHDRAWN:
                erasure.withdraw(by=who(cast, "withdraw", "technician"))
        db.session.rollback()
