"""Each class ends what is over and keeps the rest, tells what it did, and does it in small transactions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.jobs import JOBS
from portal.jobs.retaining import apply_class
from portal.jobs.schedule import EVERY
from portal.jobs.worker import Worker
from portal.models.accounts import Device, Link, Session
from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.events import Event
from portal.models.files import Attachment
from portal.models.files.sealed_file import SealedFile
from portal.models.notices import Notice
from portal.models.privacy import chain, checkpoints, retaining
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.holds import ErasureHold
from portal.models.privacy.retaining import ENDS, retain
from portal.models.privacy.retention import APPLIED, CLASSES, Ending, Span
from portal.models.privacy.retention_run import KEPT_WORDS, RetentionRun, next_runs
from portal.models.privacy.verifying import State, verify
from portal.models.queue import Job, later
from tests.models.files.test_attachment import _photo
from tests.people import PASSWORD
from tests.stage.cast import Cast

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def _apply(code: str, at: datetime, *, dry: bool = False) -> RetentionRun:
    db.session.commit()
    with clock.at(at):
        return db.session.get_one(RetentionRun, apply_class(code, dry=dry))


def _counts(run: RetentionRun) -> tuple[int, int, dict[str, int]]:
    return run.examined, run.removed, run.kept


def _session(cast: Cast) -> Callable[[datetime], bool]:
    """Signed out at NOW; a second one was never ended and last used then."""
    with clock.at(NOW - timedelta(days=1)):
        ended, _ = Session.begin(cast.account("owner"))
        idle, _ = Session.begin(cast.account("neighbour"))
        idle.seen_at = NOW
    with clock.at(NOW):
        ended.end()
    return lambda: db.session.scalar(select(func.count(Session.id))) == 0


def _device(cast: Cast) -> Callable[[], bool]:
    """Not used since NOW; a session that was begun there outlasts them."""
    with clock.at(NOW):
        for key in ("owner", "neighbour"):
            session, _ = Session.begin(cast.account(key))
            session.device_id = Device.remember(cast.account(key).id, "key").id
    return lambda: not db.session.scalar(select(func.count(Device.id))) and bool(db.session.scalar(select(Session.id)))


def _link(cast: Cast) -> Callable[[], bool]:
    with clock.at(NOW - timedelta(minutes=30)):
        Link.make(cast.account("owner"), by=SYSTEM)
        Link.make(cast.account("neighbour"), by=SYSTEM)
    return lambda: db.session.scalar(select(func.count(Link.id))) == 0


def _job(cast: Cast) -> Callable[[], bool]:
    for number in range(2):
        later("tests.none", number=number)
    db.session.flush()
    for job in db.session.scalars(select(Job)):
        job.dead_at = NOW
    later("tests.waits", at=NOW - timedelta(days=9000))
    return lambda: [job.kind for job in db.session.scalars(select(Job))] == ["tests.waits"]


def _notice(cast: Cast) -> Callable[[], bool]:
    with clock.at(NOW):
        ticket = cast.ticket()
        event = db.session.scalars(select(Event).where(Event.about_id == ticket.id)).one()
        for key in ("owner", "co_owner"):
            person = cast.person(key).id
            db.session.add(
                Notice(person_id=person, event_id=event.id, staff=False, number="1", text="x", made_at=clock.now())
            )
    return lambda: db.session.scalar(select(func.count(Notice.id))) == 0


def _record(cast: Cast) -> Callable[[], bool]:
    for ended_at in (NOW, None):
        db.session.add(RetentionRun(rule="link", dry=True, began_at=NOW, ended_at=ended_at))
    return lambda: {run.rule for run in db.session.scalars(select(RetentionRun))} == {"record"}


def _rights(cast: Cast) -> Callable[[], bool]:
    """One with a hold put down by hand, which goes with it; one that is open stays."""
    for key in ("owner", "neighbour"):
        asked = Erasure.ask(PASSWORD, "搬走了", cast.signed_in(key))
        asked.hold("tax", "发票未满十年", by=cast.actor("service_agent"))
        asked.is_open, asked.state, asked.ended_at = False, "refused", NOW
    Erasure.ask(PASSWORD, "", cast.signed_in("co_owner"))

    def gone() -> bool:
        holds = db.session.scalar(select(func.count(ErasureHold.id)))
        return holds == 0 and [row.is_open for row in db.session.scalars(select(Erasure))] == [True]

    return gone


STAGES = {
    "session": _session,
    "device": _device,
    "link": _link,
    "job": _job,
    "notice": _notice,
    "record": _record,
    "rights": _rights,
}


@pytest.mark.parametrize("code", STAGES)
def test_rows_go_when_their_time_is_over_and_not_before(any_app: Flask, cast: Cast, code: str):
    """At the very moment they are still there; a second later they go, and a dry run only says so."""
    lasts = CLASSES[code].lasts
    over = datetime(2026 + lasts.years, 3, 2, 4, 0, tzinfo=UTC) + timedelta(days=lasts.days)
    with cast.at_work():
        gone = STAGES[code](cast)
        assert _counts(_apply(code, over)) == (0, 0, {})
        assert _counts(_apply(code, over + timedelta(seconds=1), dry=True)) == (2, 2, {})
        assert not gone()
        assert _counts(_apply(code, over + timedelta(seconds=1))) == (2, 2, {})
        assert gone()
        assert _counts(_apply(code, over + timedelta(seconds=1)))[:2] == (0, 0)


def test_photos_of_a_form_that_was_never_sent_go_after_a_day(any_app: Flask, cast: Cast):
    with cast.at_work():
        now = clock.now()
        with clock.at(now - timedelta(hours=24, seconds=1)):
            _draft(cast, "owner")
            ticket = cast.ticket("in_work")
            sent = _draft(cast, "technician")
            ticket.post_progress("正在补防水", by=cast.actor("technician"), draft=sent.draft)
        with clock.at(now - timedelta(hours=23)):
            young = _draft(cast, "owner")
        kept = {sent.id, young.id}
        assert _counts(_apply("draft", now)) == (1, 1, {})
        assert set(db.session.scalars(select(Attachment.id))) == kept
        assert len(db.session.scalars(select(SealedFile.id)).all()) == 2
        assert db.session.scalar(select(func.count(Job.id)).where(Job.kind == "files.remove_object")) == 1


def _draft(cast: Cast, key: str) -> Attachment:
    return Attachment.add(_photo(), uuid4(), cast.tenure().subject, cast.actor(key))


def test_events_wait_for_their_segment(any_app: Flask, cast: Cast):
    """A single event is never deleted: the next one's hash rests on it."""
    with cast.at_work():
        with clock.at(NOW):
            cast.ticket("acknowledged")
        before = db.session.scalar(select(func.count(Event.id)))
        run = _apply("audit", NOW + timedelta(days=3 * 366))
        assert _counts(run) == (before, 0, {"chain": before})
        assert db.session.scalar(select(func.count(Event.id))) == before


def test_a_segment_behind_a_signed_checkpoint_goes_and_the_rest_stays_whole(any_app: Flask, cast: Cast):
    with cast.at_work():
        with clock.at(NOW):
            cast.ticket("accepted")
            chain.number_events()
            signed = checkpoints.sign(*chain.head())
            db.session.commit()
        over = NOW + timedelta(days=3 * 366)
        dry = _apply("audit", over, dry=True)
        assert _counts(dry) == (signed.n, 0, {"chain": signed.n})
        run = _apply("audit", over)
        assert _counts(run) == (signed.n, signed.n, {})
        assert set(db.session.scalars(select(Event.kind))) == {"audit.dropped"}
        chain.number_events()
        db.session.commit()
        assert verify().state == State.WHOLE


def test_it_works_in_batches_and_a_killed_run_leaves_what_it_did(any_app: Flask, cast: Cast, monkeypatch):
    monkeypatch.setattr(retaining, "BATCH", 3)
    with cast.at_work():
        with clock.at(NOW):
            for _ in range(8):
                Session.begin(cast.account("owner"))
            db.session.commit()
        with clock.at(NOW + timedelta(days=100)):
            seen = []
            for run in retain("session"):
                seen.append(run.removed)
                db.session.commit()
                if run.removed == 6:
                    break
            assert seen == [0, 0, 3, 3, 6]
            assert run.ended_at is None
            assert db.session.scalar(select(func.count(Session.id))) == 2
            assert db.session.get_one(RetentionRun, apply_class("session")).removed == 2
            assert RetentionRun.latest()["session"].ended_at is not None


def test_a_run_that_stops_at_its_batches_says_that_it_is_not_finished(app: Flask, cast: Cast, monkeypatch):
    monkeypatch.setattr(retaining, "BATCH", 1)
    with cast.at_work():
        with clock.at(NOW):
            for _ in range(3):
                Session.begin(cast.account("owner"))
            db.session.commit()
        with clock.at(NOW + timedelta(days=100)):
            run = db.session.get_one(RetentionRun, apply_class("session", batches=2))
            assert (run.removed, run.ended_at) == (2, None)


def test_every_class_has_its_job_and_the_worker_does_it(app: Flask, cast: Cast):
    with cast.at_work():
        assert {*APPLIED} == {*ENDS}
        assert {code for code, kept in CLASSES.items() if not kept.job} == {"skeleton", "passing"}
        assert all(EVERY[kept.job] == kept.every and kept.job in JOBS for kept in APPLIED.values())
        assert next_runs() == {}
    worker = Worker(app)
    worker._plan()
    worker.drain()
    with cast.at_work():
        latest = RetentionRun.latest()
        assert {*latest} == {*APPLIED}
        assert all(run.ended_at is not None and not run.dry for run in latest.values())
        assert {code: at > clock.now() for code, at in next_runs().items()} == dict.fromkeys(APPLIED, True)


def test_the_classes_are_whole():
    """Logs are kept for the law's six months at least; what erases lasts years, and every reason has words."""
    for kept in APPLIED.values():
        assert kept.lasts != Span()
        assert kept.ending != Ending.NONE
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    # The law on network security wants network logs for six months; nothing that is one may be set to less.
    assert CLASSES["audit"].lasts.before(moment) <= Span(days=180).before(moment)
    assert {*KEPT_WORDS} == {"warranty", "open_matter", "chain"}


@pytest.mark.parametrize(
    ("span", "moment", "before"),
    [
        (Span(years=2), datetime(2028, 2, 29, 1, tzinfo=UTC), datetime(2026, 2, 28, 1, tzinfo=UTC)),
        (Span(years=4), datetime(2028, 2, 29, tzinfo=UTC), datetime(2024, 2, 29, tzinfo=UTC)),
        (Span(days=90), datetime(2026, 3, 31, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC)),
        (Span(years=1, days=1), datetime(2026, 1, 1, tzinfo=UTC), datetime(2024, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_span_counts_in_calendar_years(span, moment, before):
    assert span.before(moment) == before
