"""Subjects whose time is over: who is, who is not yet, who is kept, and that nothing of them opens afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.jobs.retaining import apply_class
from portal.models.accounts import Grant, Person, Role, Session
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.fields import groups_of
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.ledger import ledger
from portal.models.privacy.replaying import replay_erasures
from portal.models.privacy.retention_run import RetentionRun
from portal.models.property import CommonPart, Relation, Tenure
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Report
from portal.vault import Erased, Subject, SubjectKind, ring
from tests.people import PASSWORD
from tests.stage.cast import Cast

LEFT = date(2026, 3, 2)
# The waterproofing of 1-1-0101, handed over on 2025-06-28, is covered up to this day, and so is the seasonal heating.
COVERED = datetime(2030, 6, 27, 12, tzinfo=UTC)


def _run(code: str, at: datetime, *, dry: bool = False) -> tuple[int, int, dict[str, int]]:
    db.session.commit()
    with clock.at(at):
        run = db.session.get_one(RetentionRun, apply_class(code, dry=dry))
        return run.examined, run.removed, run.kept


def _leave(cast: Cast, code: str = "1-1-0101") -> Tenure:
    tenure = cast.tenure(code)
    tenure.ended_on = LEFT
    db.session.flush()
    return tenure


def test_a_household_that_left_is_kept_while_a_dated_warranty_runs(any_app: Flask, cast: Cast):
    with cast.at_work():
        with clock.at(datetime(2026, 2, 1, tzinfo=UTC)):
            ticket = cast.ticket("accepted")
        ended = _leave(cast)
        three_years = datetime(2029, 3, 2, 12, tzinfo=UTC)
        assert _run("matter", three_years) == (0, 0, {})
        assert _run("matter", three_years + timedelta(days=1)) == (1, 0, {"warranty": 1})
        assert _run("matter", COVERED) == (1, 0, {"warranty": 1})
        assert _run("matter", COVERED + timedelta(days=1), dry=True) == (1, 1, {})
        assert ring().erased([ended.subject]) == set()
        assert _run("matter", COVERED + timedelta(days=1)) == (1, 1, {})
        _nothing_opens(ticket.id)
        assert [entry.subject for entry in ledger().entries()] == [ended.subject]
        assert _run("matter", COVERED + timedelta(days=2)) == (0, 0, {})
        assert replay_erasures() == 0


def _nothing_opens(ticket_id: UUID) -> None:
    db.session.expire_all()
    ticket = db.session.get_one(Ticket, ticket_id)
    assert ticket.report_sealed is None
    assert (ticket.state, ticket.number[:2]) == ("accepted", "BX")
    for group in groups_of(Ticket):
        with pytest.raises(Erased):
            ring().open_group(group.label, ticket.id, ticket.subject, bytes(64))


def test_a_household_that_left_something_open_is_kept(any_app: Flask, cast: Cast):
    with cast.at_work():
        cast.ticket("in_work")
        _leave(cast)
        assert _run("matter", datetime(2031, 1, 1, tzinfo=UTC)) == (1, 0, {"open_matter": 1})


def test_who_has_asked_to_be_erased_is_left_to_that_request(any_app: Flask, cast: Cast):
    """It may be held for a dispute, and it ends with a receipt."""
    with cast.at_work():
        Erasure.ask(PASSWORD, "搬走了", cast.signed_in("co_owner"))
        _leave(cast)
        person, far = cast.person("co_owner"), datetime(2040, 1, 1, tzinfo=UTC)
        assert _run("matter", far) == (1, 0, {"open_matter": 1})
        kept = _run("contact", far)[2]
        assert kept == {"open_matter": 1}
        assert ring().erased([Subject(SubjectKind.PERSON, person.id)]) == set()


def test_a_running_household_is_never_over(any_app: Flask, cast: Cast):
    with cast.at_work():
        cast.ticket("accepted")
        assert _run("matter", datetime(2060, 1, 1, tzinfo=UTC)) == (0, 0, {})


def test_a_case_is_over_years_after_it_was_closed(any_app: Flask, cast: Cast):
    with cast.at_work():
        now = datetime(2026, 3, 2, 4, tzinfo=UTC)
        with clock.at(now):
            ticket, waits = (_common(cast) for _ in range(2))
            cast.do(ticket, "withdraw")
            db.session.commit()
        assert _run("case", datetime(2029, 3, 2, 4, tzinfo=UTC)) == (0, 0, {})
        assert _run("case", datetime(2029, 3, 2, 5, tzinfo=UTC)) == (1, 1, {})
        assert ring().erased([ticket.subject, waits.subject]) == {ticket.subject}
        assert db.session.get_one(Ticket, ticket.id).report_sealed is None
        assert db.session.get_one(Ticket, waits.id).words == "电梯异响"


def _common(cast: Cast) -> Ticket:
    return Ticket.report(
        cast.common(CommonPart.LIFT), Defect.current("LEAK-05"), Report("电梯异响"), cast.actor("owner")
    )


SINCE = datetime(2026, 3, 2, 4, tzinfo=UTC)
OVER = datetime(2028, 3, 2, 5, tzinfo=UTC)


def _home(cast: Cast, person: Person) -> None:
    cast.tenure().admit(person, Relation.CO_OWNER)


def _role(cast: Cast, person: Person) -> None:
    Grant.give(cast.account("owner").of(person), Role.AUDITOR, cast.development().id)


def _role_over(cast: Cast, person: Person) -> None:
    Grant.give(cast.account("owner").of(person), Role.AUDITOR, cast.development().id).until = SINCE


def _seen(cast: Cast, person: Person) -> None:
    Session.begin(cast.account("owner").of(person))


def _reported(cast: Cast, person: Person) -> None:
    _common(cast).reporter_id = person.id


@pytest.mark.parametrize(
    ("tie", "lasts"),
    [
        (None, False),
        (_home, True),
        (_role, True),
        (_role_over, False),
        (_seen, False),
        (_reported, True),
    ],
    ids=["none", "home", "role", "role over", "seen", "open matter"],
)
def test_a_person_is_over_two_years_after_the_last_tie(any_app: Flask, cast: Cast, tie, lasts):
    """A home, a role and an open matter last; a sign-in and a role that ended count from then."""
    with cast.at_work():
        with clock.at(SINCE):
            person = _known(cast, SINCE)
            if tie is not None:
                tie(cast, person)
        before = _run("contact", SINCE.replace(year=2028), dry=True)
        assert before == (0, 0, {})
        assert _run("contact", OVER, dry=True) == ((0, 0, {}) if lasts else (1, 1, {}))
        assert _run("contact", OVER) == ((0, 0, {}) if lasts else (1, 1, {}))
        db.session.expire_all()
        assert (Person.by_phone("12900000777") is None) is not lasts
        found = db.session.get_one(Person, person.id)
        assert (found.contact_sealed is None) is not lasts
        if tie in (_seen, _role_over):
            assert not Grant.of_account(cast.account("owner").of(found).id)
            assert not db.session.scalars(select(Session).where(Session.ended_at.is_(None))).all()


def _known(cast: Cast, at: datetime) -> Person:
    """Somebody new, added at a moment: ids hold the time they were made at, and the test's clock is not theirs."""
    person = Person(id=UUID(int=int(at.timestamp() * 1000) << 80 | 0x7777))
    person.name, person.phone = "丁一", "+8612900000777"
    db.session.add(person)
    db.session.flush()
    return person
