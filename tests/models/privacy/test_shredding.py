"""The shredding: what goes, what stays, in which order, and a kill -9 between every two steps."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.jobs.worker import Worker
from portal.models.accounts import Account, Link, Person, Session
from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.events import Event, history
from portal.models.files import Attachment, SealedFile
from portal.models.notices import Notice, fan_out
from portal.models.privacy import shredding
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.ledger import ledger
from portal.models.privacy.replaying import replay_erasures
from portal.models.privacy.shredding import shred, subjects_of
from portal.models.privacy.states import State
from portal.models.property import Party, Tenure
from portal.models.queue import Job
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Report
from portal.vault import KeyRing, Subject, SubjectKind, ring
from portal.vault.ledger import Ledger
from portal.vault.witness import Witness
from tests.models.files.test_attachment import _photo
from tests.models.privacy.stories import asked, erased
from tests.people import CAST
from tests.rules.spellings import Search
from tests.stage import building
from tests.stage.cast import Cast

KILLED = 9


def common(cast: Cast, key: str = "co_owner") -> Ticket:
    """A closed report about a common part: sealed under a key of its own."""
    place = replace(cast.common(), tenure=Tenure.of_person(cast.person(key).id)[0])
    ticket = Ticket.report(place, Defect.current("PUBLIC-01"), Report("电梯异响"), cast.actor(key))
    db.session.flush()
    ticket.withdraw("mistake", by=cast.actor(key))
    return ticket


def free(cast: Cast, key: str) -> None:
    """Somebody's homes are past every warranty, so that nothing holds them."""
    for tenure in Tenure.of_person(cast.person(key).id):
        tenure.home.handed_over_on = clock.today() - timedelta(days=365 * 20)
    db.session.flush()


def test_a_co_owner_goes_and_the_household_stays(any_app: Flask, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket("accepted")
        ticket.confirmations[0].person_id = cast.person("co_owner").id
        ticket.reporter_id = cast.person("co_owner").id
        ticket.caller_name, ticket.caller_phone = CAST["co_owner"].name, CAST["co_owner"].phone
        case, person_id = common(cast), cast.person("co_owner").id
        db.session.commit()
        erasure = erased(cast)
        assert (erasure.state, erasure.is_open, erasure.reason, erasure.token) == (State.SHREDDED, False, None, None)
        assert [entry.subject.kind for entry in ledger().entries()] == [SubjectKind.PERSON, SubjectKind.CASE]
        assert (ticket.words, case.report_sealed, case.state) == ("洗澡后天花板滴水，边上发黄", None, "withdrawn")
        assert (ticket.caller_name, ticket.caller_phone) == (None, None)
        assert (ticket.confirmations[0].signature_name, ticket.confirmations[0].comment) == (None, "很好")
        assert [party.person.name for party in cast.tenure().parties] == [CAST["owner"].name]
        assert Tenure.of_person(person_id) == []


def test_the_last_of_a_household_takes_its_key_along(any_app: Flask, cast: Cast):
    with cast.at_work():
        free(cast, "neighbour")
        draft, ticket = uuid4(), cast.ticket("submitted", by="neighbour", code="1-1-0102")
        Attachment.add(_photo(), draft, ticket.subject, cast.actor("neighbour"))
        Attachment.attach(draft, ticket.id, history(ticket, staff=True)[0].id, ticket.subject, cast.actor("neighbour"))
        ticket.say("谢谢", by=cast.actor("neighbour"))
        ticket.withdraw("solved", by=cast.actor("neighbour"))
        tenure = cast.tenure("1-1-0102")
        db.session.commit()
        erased(cast, "neighbour")
        assert tenure.ended_on == clock.today()
        assert ring().erased([tenure.subject]) == {tenure.subject}
        assert (ticket.number[:2], ticket.state, ticket.home.code, ticket.words) == (
            "BX",
            "withdrawn",
            "1-1-0102",
            None,
        )
        assert db.session.scalars(select(SealedFile)).all() == []
        assert Tenure.begin(cast.home("1-1-0102"), clock.today()).id != tenure.id


def test_a_household_that_has_moved_out_goes_with_its_last_person(app: Flask, cast: Cast):
    with cast.at_work():
        tenure, owner, other = cast.tenure(), cast.person("owner").id, cast.person("co_owner").id
        tenure.ended_on = clock.today()
        db.session.flush()
        assert tenure.subject not in subjects_of(owner)
        db.session.delete(next(party for party in tenure.parties if party.person_id == other))
        db.session.flush()
        assert tenure.subject in subjects_of(owner)


def test_the_household_goes_with_whoever_goes_last(any_app: Flask, cast: Cast):
    with cast.at_work():
        free(cast, "owner")
        ticket, tenure = cast.ticket("withdrawn"), cast.tenure()
        db.session.commit()
        erased(cast, "co_owner")
        assert (ring().erased([tenure.subject]), ticket.words) == (set(), "洗澡后天花板滴水，边上发黄")
        erased(cast, "owner")
        assert (ring().erased([tenure.subject]), ticket.words) == ({tenure.subject}, None)


def test_somebody_whose_key_is_gone_is_not_left(any_app: Flask, cast: Cast):
    with cast.at_work():
        tenure, other = cast.tenure(), cast.person("co_owner").id
        owner = cast.person("owner").id
        assert tenure.subject not in subjects_of(owner)
        ring().erase(Subject(SubjectKind.PERSON, other))  # and the database has not heard of it yet
        assert tenure.subject in subjects_of(owner)


def test_the_chain_stays_whole(app: Flask, cast: Cast):
    with cast.at_work():
        free(cast, "neighbour")
        ticket = cast.ticket("withdrawn", by="neighbour", code="1-1-0102")
        db.session.commit()
        before = {event.id: bytes(event.json) for event in db.session.scalars(select(Event))}
        erased(cast, "neighbour")
        after = {event.id: bytes(event.json) for event in db.session.scalars(select(Event))}
        assert before.items() <= after.items()
        assert [event.note for event in history(ticket, staff=True)] == [None, None]


def test_every_way_in_and_everything_on_its_way_ends(any_app: Flask, cast: Cast):
    with cast.at_work():
        account, person_id = cast.account("co_owner"), cast.person("co_owner").id
        session, token = Session.begin(account)
        link = Link.make(account, by=SYSTEM)
        Attachment.add(_photo(), uuid4(), cast.tenure().subject, cast.actor("co_owner"))
        event = history(cast.ticket("withdrawn"), staff=True)[0]
        fan_out(event.id)
        db.session.commit()
        assert db.session.scalars(select(Job).where(Job.kind == "notices.mail")).all()
        erased(cast)
        assert session.ended_at is not None
        assert token
        assert link
        assert db.session.scalars(select(Link)).all() == []
        assert (account.password_hash, account.disabled_at is None) == (None, False)
        assert db.session.scalars(select(Notice).where(Notice.person_id == person_id)).all() == []
        left = {str(job.payload.get("notice")) for job in db.session.scalars(select(Job))}
        kept = {notice.id.hex for notice in db.session.scalars(select(Notice))}
        assert left - {"None"} <= kept
        assert db.session.scalars(select(Attachment)).all() == []
        fan_out(event.id)  # a notice that was asked for before
        assert db.session.scalars(select(Notice).where(Notice.person_id == person_id)).all() == []
        assert db.session.scalars(select(Party).where(Party.person_id == person_id)).all() == []


def test_the_number_can_be_anybodys_again(app: Flask, cast: Cast):
    with cast.at_work():
        gone = erased(cast).person_id
        again = Person.add("许泽明", CAST["co_owner"].phone)
        assert again.id != gone


def test_only_what_was_approved_is_shredded(app: Flask, cast: Cast):
    with cast.at_work():
        for state in (State.REQUESTED, State.CONFIRMED, State.CLEARED, State.REFUSED, State.WITHDRAWN):
            erasure = asked(cast, state)
            db.session.commit()
            shred(erasure.id)
            assert (erasure.state, ledger().entries()) == (state, [])
            db.session.delete(erasure)
            db.session.commit()


def test_something_that_comes_in_between_goes_too(app: Flask, cast: Cast, monkeypatch):
    """The desk files a case for the person while the ledger is written."""
    with cast.at_work():
        erasure = asked(cast, State.APPROVED)
        person_id, place = erasure.person_id, cast.common()
        db.session.commit()
        late = []
        add = Ledger.add

        def slow(*given):
            if not late:
                ticket = Ticket.report(place, Defect.current("PUBLIC-01"), Report("电梯异响"), cast.actor("owner"))
                ticket.reporter_id = person_id
                db.session.commit()
                late.append(ticket.subject)
            return add(*given)

        monkeypatch.setattr(Ledger, "add", slow)
        shred(erasure.id)
        assert ring().erased(late) == {*late}
        assert erasure.state == State.SHREDDED


def test_old_copies_of_the_database_say_nothing(app: Flask, cast: Cast, tmp_path: Path):
    """An old main database beside today's key store; and nothing of the indexes lies in today's file."""
    settings = app.extensions["portal.settings"]
    with cast.at_work():
        index = cast.person("co_owner").phone_index
        db.session.rollback()
        building.close(app)
        assert index in (settings.instance / "portal.sqlite").read_bytes()
        copy = Path(shutil.copytree(settings.instance, tmp_path / "old"))
        erased(cast)
        person_id = db.session.scalars(select(Erasure.person_id)).one()
        building.close(app)
    assert not any(index in file.read_bytes() for file in settings.instance.glob("portal.sqlite*"))
    for name in ("keys.sqlite", "epochs.sqlite"):
        shutil.copy(settings.instance / name, copy / name)
    again = building.opened(copy)
    with again.app_context():
        person = db.session.get_one(Person, person_id)
        assert person.contact_sealed is not None
        assert (person.name, person.phone) == (None, None)
        assert Person.by_phone(CAST["owner"].phone) is not None  # survivors open from the old copy
        assert Person.by_phone(CAST["co_owner"].phone) is None
    building.close(again)
    assert Search([CAST["co_owner"].name, CAST["co_owner"].phone]).files(settings.instance) == []


def test_another_process_forgets_at_its_next_request(app: Flask, cast: Cast, sign_in):
    settings = app.extensions["portal.settings"]
    other = building.opened(settings.instance)
    from tests.stage.client import PageClient

    with cast.at_work():
        person_id = cast.person("co_owner").id
    with other.app_context():
        assert db.session.get_one(Person, person_id).name == CAST["co_owner"].name
        db.session.rollback()
    browser = PageClient.of(other, "co_owner")
    assert CAST["co_owner"].name in browser.get("/account").text
    with cast.at_work():
        erased(cast)
    assert browser.get("/account").status_code == 303
    with other.app_context():
        ring()
        assert db.session.get_one(Person, person_id).name is None
        assert len(other.extensions["portal.keyring"]._subjects._cache) <= 1
    building.close(other)


STEPS = [
    (Ledger, "add", "before"),
    (Witness, "see", "before"),
    (Witness, "see", "after"),
    (Ledger, "add", "after"),
    (KeyRing, "erase", "after"),
    (shredding, "destroy", "before"),
    (shredding, "destroy", "after"),
    (shredding, "leave", "after"),
    (Erasure, "issue", "after"),
    (shredding, "overwrite", "before"),
]


@pytest.mark.parametrize(("where", "name", "moment"), STEPS, ids=lambda part: getattr(part, "__name__", part))
def test_killed_between_two_steps(any_app: Flask, cast: Cast, where, name, moment):
    settings = any_app.extensions["portal.settings"]
    with cast.at_work():
        free(cast, "neighbour")
        ticket = cast.ticket("withdrawn", by="neighbour", code="1-1-0102")
        case = common(cast, "neighbour")
        subjects = subjects_of(cast.person("neighbour").id)
        number, erasure_id = ticket.number, asked(cast, State.APPROVED, "neighbour").id
        assert len(subjects) == 3
        assert case.subject in subjects
        db.session.commit()
    building.close(any_app)
    killed_while_shredding(settings, erasure_id, where, name, moment)
    again = building.opened(settings.instance, settings.database_url)
    with again.app_context():
        begun = bool(ledger().entries())
        assert begun != ((name, moment) == ("add", "before"))
        assert replay_erasures() >= 0
        assert (db.session.get_one(Erasure, erasure_id).state == State.SHREDDED) == begun
        db.session.rollback()
        with clock.at(clock.now() + timedelta(hours=1)):
            Worker(again).drain()  # the job comes back when its lease is over, and finds it done
        erasure = db.session.get_one(Erasure, erasure_id)
        assert (erasure.state, erasure.receipt is None) == (State.SHREDDED, False)
        assert ring().erased(subjects) == {*subjects}
        assert [entry.number for entry in ledger().entries()] == [1, 2, 3]
        assert ring().witness.seen().number == 3
        kept = db.session.scalars(select(Ticket).where(Ticket.number == number)).one()
        assert (kept.words, kept.state) == (None, "withdrawn")
        assert db.session.scalars(select(Account).where(Account.person_id == erasure.person_id)).one().disabled_at
        assert replay_erasures() == 0
        db.session.rollback()
    building.close(again)


def killed_while_shredding(settings, erasure_id: UUID, where, name: str, moment: str) -> None:
    """Shred in a child process that dies, without any farewell, before or after the step."""
    child = os.fork()
    if child == 0:
        step = getattr(where, name)

        def deadly(*given, **named):
            if moment == "after":
                step(*given, **named)
            os.kill(os.getpid(), KILLED)

        setattr(where, name, deadly)
        app = building.opened(settings.instance, settings.database_url)
        with app.app_context():
            shred(erasure_id)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == KILLED


def test_the_last_mail_says_where_the_receipt_is_and_then_it_is_done(app: Flask, cast: Cast):
    with cast.at_work():
        erasure = asked(cast, State.APPROVED)
        token = erasure.token
        db.session.commit()
        Worker(app).drain()
        db.session.refresh(erasure)
        assert erasure.state == State.SHREDDED
        assert Erasure.of_token(token).id == erasure.id
        settings = app.extensions["portal.settings"]
        mails = [message_from_bytes(mail.read_bytes(), policy=default) for mail in settings.outbox.rglob("*.eml")]
        assert any(f"/privacy/receipts/{token}" in mail.get_content() for mail in mails)
