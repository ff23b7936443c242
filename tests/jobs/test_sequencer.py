"""The sequencer beside the worker: in time, alone, and never by halves."""

from __future__ import annotations

import signal
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from portal import clock
from portal.backends.checkpoints import NotKept
from portal.jobs import auditing
from portal.jobs.schedule import EVERY
from portal.jobs.sequencer import Sequencer
from portal.jobs.worker import Worker
from portal.models import queue
from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.events import NOT_WHOLE, Event
from portal.models.notices import Notice
from portal.models.privacy import chain
from portal.models.privacy.checkpoints import AuditCheckpoint, AuditDelivery, places
from portal.models.privacy.verifications import AuditVerification
from portal.models.privacy.verifying import State
from portal.models.queue import LEASE, Job
from tests.jobs import killed_sequencer
from tests.models.privacy.chained import change, deliver, events, folder, found, number_all, signed
from tests.stage.cast import Cast
from tests.stage.crowd import at_once
from tests.stage.killing import server


def _patiently(condition) -> bool:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        met = bool(condition())
        db.session.rollback()
        if met:
            return True
        time.sleep(0.05)
    return False


def test_a_served_portal_numbers_signs_and_delivers_by_itself(site, cast: Cast):
    app, _ = site
    with cast.at_work():
        ticket = cast.ticket("acknowledged")
        ticket.reveal_phone("return_call", cast.actor("manager"))
        db.session.commit()
        assert _patiently(lambda: not chain.waiting())
        assert _patiently(lambda: list(folder(app).glob("*.note")))
        assert _patiently(lambda: db.session.scalar(select(AuditDelivery.kept_at)))
        assert found().state == State.WHOLE


def test_several_sequencers_at_once_leave_no_gap(any_app: Flask, cast: Cast):
    def write() -> None:
        for _ in range(5):
            cast.ticket()
            db.session.commit()

    results = at_once(any_app, write, write, *[Sequencer(any_app).catch_up] * 3)
    assert [result for result in results if isinstance(result, Exception)] == []
    with cast.at_work():
        Sequencer(any_app).catch_up()
        assert [row.n for row in events()] == [*range(1, 11)]
        assert found().state == State.WHOLE


def _killed_before(app: Flask, step: int) -> bool:
    settings = app.extensions["portal.settings"]
    process = server().Process(target=killed_sequencer.main, args=(settings.instance, settings.database_url, step))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


@pytest.mark.parametrize(
    "steps", [range(2, 60, 7), pytest.param(range(1, 120), marks=pytest.mark.long)], ids=["some", "all"]
)
@pytest.mark.timeout(900)
def test_killed_before_any_step_nothing_is_there_by_halves(any_app: Flask, cast: Cast, steps: range):
    """Each time something waits, a checkpoint is due and has to be delivered; then the next one goes on."""
    with cast.at_work():
        for step in steps:
            cast.ticket("acknowledged")
            db.session.execute(text("update job set leased_until = null"))
            db.session.execute(text("delete from job where kind <> 'audit.deliver'"))
            db.session.execute(text("update audit_checkpoint set at = :at"), {"at": "2026-01-01 00:00:00.000000"})
            db.session.commit()
            killed = _killed_before(any_app, step)
            rows = events()
            assert [row.n for row in rows] == [*range(1, len(rows) + 1)]
            assert found().sound
            if not killed:
                break
        Sequencer(any_app).catch_up()
        with clock.at(clock.now() + LEASE + timedelta(hours=9)):
            deliver(any_app)
        assert found().state == State.WHOLE
        notes = {path.read_text() for path in folder(any_app).glob("*.note")}
        assert notes == set(db.session.scalars(select(AuditCheckpoint.note)))


class _Away:
    """A place that is away."""

    label = "away"

    def keep(self, name: str, note: str, key: object) -> None:
        raise NotKept("NotReached")

    def notes(self):
        return iter(())


def test_a_place_that_is_away_is_tried_again_and_the_others_have_theirs(app: Flask, cast: Cast):
    with cast.at_work():
        there = next(iter(places()))
        places()["away"] = _Away()
        cast.ticket()
        db.session.commit()
        number_all()
        row = signed()
        deliver(app)
        deliveries = AuditDelivery.of(row)
        assert deliveries[there].kept_at is not None
        assert (deliveries["away"].kept_at, deliveries["away"].tries) == (None, 1)
        assert deliveries["away"].error == "NotReached"
        db.session.execute(text("delete from job"))
        auditing.nightly()
        asked = db.session.scalars(select(Job.key).where(Job.kind == "audit.deliver")).all()
        assert asked == [f"deliver:{deliveries['away'].id.hex}"]


def test_every_night_the_chain_is_verified_and_the_auditors_hear_of_a_break(app: Flask, cast: Cast):
    assert "audit.nightly" in EVERY
    with cast.at_work():
        cast.ticket("acknowledged")
        db.session.commit()
        number_all()
        auditing.nightly()
        deliver(app)
        assert AuditVerification.last_ended().state == State.WHOLE
        assert db.session.scalar(select(func.count()).where(Event.kind == NOT_WHOLE)) == 0
        change(2, role="nobody")
        auditing.nightly()
        deliver(app)
        last = AuditVerification.last_ended()
        assert (last.state, last.place, last.sound) == (State.BROKEN, 2, False)
        told = Notice.of_person(cast.person("auditor").id, staff=True)
        assert [notice.number for notice in told] == [""]
        assert Notice.of_person(cast.person("manager").id, staff=True) == []


def test_a_verification_is_asked_for_once_at_a_time(app: Flask, cast: Cast):
    with cast.at_work():
        first = AuditVerification.ask(SYSTEM)
        db.session.commit()
        assert AuditVerification.ask(cast.actor("auditor")).id == first.id
        deliver(app)
        assert AuditVerification.ask(cast.actor("auditor")).id != first.id


def test_a_verification_runs_as_long_as_its_job_lives(any_app: Flask, cast: Cast):
    """However long it takes; a worker that dies leaves it to the next, and only what is set aside is asked for anew."""
    with cast.at_work():
        first = AuditVerification.ask(SYSTEM)
        db.session.commit()
        moment = clock.now()
        for again in range(queue.MOST_TRIES):
            moment += timedelta(hours=2)
            with clock.at(moment):
                assert AuditVerification.ask(cast.actor("auditor")).id == first.id, again
                assert len(queue.lease()) == 1  # and the worker dies
                db.session.commit()
        with clock.at(moment + timedelta(hours=2)):
            assert queue.lease() == []
            assert AuditVerification.running() is None
            second = AuditVerification.ask(cast.actor("auditor"))
            assert second.id != first.id
            assert AuditVerification.running().id == second.id
            assert [job.payload for job in queue.lease()] == [{"verification": second.id.hex}]


def test_a_stopped_worker_has_stopped_its_sequencer(app: Flask, cast: Cast):
    worker = Worker(app)
    worker.start()
    worker.stop()
    with cast.at_work():
        cast.ticket()
        db.session.commit()
        time.sleep(1)
        assert chain.waiting()


def test_a_long_verification_keeps_its_lease(any_app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """It tells how far it is, and no second worker takes it meanwhile; one that is silent is taken over."""
    monkeypatch.setattr(auditing, "TOLD_EACH_SECONDS", 0.0)
    with cast.at_work():
        row = AuditVerification.ask(SYSTEM)
        db.session.commit()
        begun = clock.now()
        assert [job.kind for job in queue.lease()] == ["audit.verify"]
        db.session.commit()
        telling = auditing._Telling(row.id)
        for minute in range(1, 6):
            with clock.at(begun + timedelta(minutes=minute)):
                assert queue.lease() == []
                db.session.commit()
                telling(minute, 6)
        assert db.session.get_one(AuditVerification, row.id).done == 5
        with clock.at(begun + timedelta(minutes=5) + LEASE + timedelta(seconds=1)):
            assert [job.kind for job in queue.lease()] == ["audit.verify"]
