"""What the ledger names is finished in the key store, the database and the files, wherever it was left."""

from __future__ import annotations

import shutil
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from structlog.testing import capture_logs

from portal import clock
from portal.jobs.keeping import look_at_sample
from portal.jobs.worker import Worker
from portal.models.accounts import Account, Grant, Person
from portal.models.base import db
from portal.models.events import Event
from portal.models.files import Attachment, SealedFile
from portal.models.privacy.ledger import ledger
from portal.models.privacy.replaying import replay_erasures
from portal.models.property import Party
from portal.models.queue import Job
from portal.models.repairs import Ticket
from portal.vault import KeyStoreError, Subject, SubjectKind, ring
from tests.models.files.test_attachment import _photo
from tests.people import CAST
from tests.stage import building
from tests.stage.cast import Cast


def told(cast: Cast) -> Ticket:
    """A ticket of the first home with a photo, a note, a message and a signature."""
    draft, ticket = uuid4(), cast.ticket("in_work")
    Attachment.add(_photo(), draft, ticket.subject, cast.actor("technician"))
    ticket.finish("换了三通", by=cast.actor("technician"), draft=draft)
    ticket.say("谢谢", by=cast.actor("owner"))
    cast.do(ticket, "pass_check")
    cast.do(ticket, "accept")
    db.session.commit()
    return ticket


def indexes(person: Person) -> list[object]:
    """The blind index columns as they lie in the table."""
    table = Person.__table__
    columns = [column for column in table.c if column.info.get("blind_index")]
    return list(db.session.connection().execute(select(*columns).where(table.c.id == person.id)).one())


def test_an_empty_ledger_has_nothing_to_finish(any_app: Flask, cast: Cast):
    with cast.at_work():
        assert replay_erasures() == 0


def test_a_person_is_gone_everywhere_and_once_more_finds_nothing(any_app: Flask, cast: Cast):
    with cast.at_work():
        person = cast.person("co_owner")
        person.id_number, person.address = "11010519491231002X", "云栖路 1 号"
        db.session.commit()
        subject = person.sealed_subject
        assert subject is not None
        ledger().add([subject], uuid4(), clock.now())
        assert replay_erasures() == 1
        assert ring().erased([subject]) == {subject}
        db.session.expire_all()
        assert (person.contact_sealed, person.identity_sealed, person.address_sealed) == (None, None, None)
        assert set(indexes(person)) == {None}
        assert Person.by_phone(CAST["co_owner"].phone) is None
        account = db.session.scalars(select(Account).where(Account.person_id == person.id)).one()
        assert (account.password_hash, account.disabled_at is not None) == (None, True)
        assert db.session.scalars(select(Party).where(Party.person_id == person.id)).all() == []
        assert cast.tenure().parties[0].person.name == CAST["owner"].name
        assert replay_erasures() == 0


def test_a_household_leaves_the_skeleton(any_app: Flask, cast: Cast):
    with cast.at_work():
        ticket = told(cast)
        number = ticket.number
        files = [file.object_name for file in db.session.scalars(select(SealedFile))]
        events = [(event.kind, bytes(event.json)) for event in db.session.scalars(select(Event).order_by(Event.id))]
        ledger().add([ticket.subject], uuid4(), clock.now())
        assert replay_erasures() == 1
        assert (ticket.number, ticket.state, ticket.home.code) == (number, "accepted", "1-1-0101")
        assert (ticket.report_sealed, ticket.confirmations[0].words_sealed) == (None, None)
        assert db.session.scalars(select(Event).where(Event.note_sealed.is_not(None))).all() == []
        kept = [(event.kind, bytes(event.json)) for event in db.session.scalars(select(Event).order_by(Event.id))]
        assert kept == events
        assert db.session.scalars(select(SealedFile)).all() == db.session.scalars(select(Attachment)).all() == []
        storage = any_app.extensions["portal.storage"]
        assert files
        db.session.rollback()  # the worker's thread of a real portal has a connection of its own
        Worker(any_app).drain()
        assert not {*files} & {*storage.older_than(clock.now().replace(year=2099))}
        assert replay_erasures() == 0


def test_staff_lose_their_grants(app: Flask, cast: Cast):
    with cast.at_work():
        account = cast.account("dispatcher")
        ledger().add([Subject(SubjectKind.PERSON, account.person_id)], uuid4(), clock.now())
        replay_erasures()
        assert Grant.of_account(account.id) == []


def test_a_restored_key_store_forgets_again(app: Flask, cast: Cast, tmp_path):
    """Old database, old key store, today's ledger: what a restore puts there."""
    settings = app.extensions["portal.settings"]
    with cast.at_work():
        subject = cast.person("neighbour").sealed_subject
        building.close(app)
        copy = shutil.copytree(settings.instance, tmp_path / "old")
        assert subject is not None
        ledger().add([subject], uuid4(), clock.now())
        replay_erasures()
    shutil.copy(settings.ledger, copy / "erasures.ledger")
    again = building.opened(copy)
    with again.app_context():
        assert Person.by_phone(CAST["neighbour"].phone) is not None
        db.session.rollback()
        assert replay_erasures() == 1
        assert ring().erased([subject]) == {subject}
        assert Person.by_phone(CAST["neighbour"].phone) is None
    building.close(again)


def test_serving_begins_with_it(app: Flask, cast: Cast):
    from portal.asgi import application

    with cast.at_work():
        subject = cast.person("neighbour").sealed_subject
        assert subject is not None
        ledger().add([subject], uuid4(), clock.now())
    application(app)
    with cast.at_work():
        assert ring().erased([subject]) == {subject}
        assert Person.by_phone(CAST["neighbour"].phone) is None
        assert db.session.scalars(select(Job).where(Job.dead_at.is_not(None))).all() == []


def test_a_ledger_that_was_cut_is_missed_wherever_it_is_read(app: Flask, cast: Cast, tmp_path):
    """At the start, by the commands and by the daily look; a backup leaves the good copy where it is."""
    from portal.asgi import application

    settings, sets = app.extensions["portal.settings"], tmp_path / "sets"
    with cast.at_work():
        ledger().add(
            [subject for key in ("neighbour", "co_owner") if (subject := sealed(cast, key))], uuid4(), clock.now()
        )
        replay_erasures()
    run = app.test_cli_runner().invoke
    assert run(args=["backup", str(sets)]).exit_code == 0
    whole = settings.ledger.read_bytes()
    settings.ledger.write_bytes(whole[: len(whole) // 2])
    said = "shorter than what the key store has seen, 1 of 2 entries; restore its newest copy"
    with pytest.raises(KeyStoreError, match=said):
        application(app)
    for words in (["privacy", "replay"], ["keys", "verify"], ["backup", str(sets)]):
        done = run(args=words)
        (line,) = [line for line in done.output.splitlines() if line.startswith("Error: ")]
        assert (done.exit_code, said in line) == (1, True), line
    with cast.at_work(), capture_logs() as logs:
        look_at_sample()
    (noticed,) = [line for line in logs if line["event"] == "vault.unsound"]
    assert (noticed["kind"], said in noticed["error"]) == ("erasure_ledger", True)
    assert (sets / "epochs" / "erasures.ledger").read_bytes() == whole
    shutil.copy2(sets / "epochs" / "erasures.ledger", settings.ledger)
    assert run(args=["privacy", "replay"]).exit_code == 0


def test_a_ledger_whose_newest_copy_is_lost_is_mended_by_hand(app: Flask, cast: Cast):
    settings = app.extensions["portal.settings"]
    with cast.at_work():
        subject = sealed(cast, "neighbour")
        ledger().add([subject], uuid4(), clock.now())
        replay_erasures()
    settings.ledger.unlink()
    run = app.test_cli_runner().invoke
    assert run(args=["privacy", "replay"]).exit_code == 1
    assert "Named anew: 1." in run(args=["privacy", "mend-ledger"]).output
    assert "Every erasure of the ledger is whole." in run(args=["privacy", "replay"]).output
    with cast.at_work():
        assert [entry.subject for entry in ledger().entries()] == [subject]


def sealed(cast: Cast, key: str) -> Subject:
    subject = cast.person(key).sealed_subject
    assert subject is not None
    return subject
