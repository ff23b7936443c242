"""The worker: each job once, a failed one again, nothing lost with a killed process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from structlog.testing import capture_logs

from portal import clock
from portal.jobs import JOBS
from portal.jobs.schedule import EVERY, plan
from portal.jobs.worker import Worker
from portal.models.base import db
from portal.models.queue import LEASE, MOST_TRIES, Job, later
from portal.models.signals import Topic, count_up, version_of
from tests.servers.shared import ROOT
from tests.stage.cast import Cast
from tests.stage.crowd import at_once


def _count(number: int) -> None:
    count_up(Topic.version, f"test:{number}")


def _fail() -> None:
    count_up(Topic.version, "test:failed")
    raise ValueError("林晓雯 +8613800138000")


@pytest.fixture(autouse=True)
def _known_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs whose effect can be counted, beside the portal's own."""
    monkeypatch.setitem(JOBS, "tests.count", _count)
    monkeypatch.setitem(JOBS, "tests.fail", _fail)


@pytest.fixture
def running(app: Flask) -> Iterator[Worker]:
    """A worker in its thread."""
    worker = Worker(app)
    worker.start()
    yield worker
    worker.stop()


def _jobs() -> list[Job]:
    db.session.expire_all()
    return list(db.session.scalars(select(Job).order_by(Job.id)))


def _drain(app: Flask) -> int:
    """One worker's work, outside of the test's own transaction."""
    db.session.commit()
    return Worker(app).drain()


def _patiently(condition: Callable[[], object]) -> bool:
    """Whether it comes true within 20 seconds; the write lock is free between two looks."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        met = bool(condition())
        db.session.rollback()
        if met:
            return True
        time.sleep(0.02)
    return False


def test_two_workers_do_two_hundred_jobs_once_each(any_app: Flask, cast: Cast):
    with cast.at_work():
        for number in range(200):
            later("tests.count", number=number)
        db.session.commit()
    done = at_once(any_app, *[Worker(any_app).drain] * 2)
    with cast.at_work():
        assert sum(done) == 200
        assert _jobs() == []
        counted = dict(
            db.session.execute(
                select(Topic.version, func.count()).where(Topic.name.like("test:%")).group_by(Topic.version)
            ).all()
        )
        assert counted == {1: 200}


def test_jobs_that_jobs_ask_for_are_done_as_well(app: Flask, cast: Cast, monkeypatch):
    monkeypatch.setitem(JOBS, "tests.ask", lambda: later("tests.count", number=1))
    with cast.at_work():
        later("tests.ask")
        assert _drain(app) == 2
        assert version_of("test:1") == 1


def test_a_failed_job_leaves_nothing_but_its_errors_type(app: Flask, cast: Cast):
    with cast.at_work(), capture_logs() as logs:
        later("tests.fail")
        later("tests.count", number=1)
        _drain(app)
        (failed,) = _jobs()
        assert (failed.error, failed.tries, failed.leased_until) == ("ValueError", 1, None)
        assert failed.run_at > clock.now()
        assert (version_of("test:failed"), version_of("test:1")) == (0, 1)
    assert [entry["error"] for entry in logs if entry["event"] == "job.failed"] == ["ValueError"]
    assert "林晓雯" not in str(logs)


def test_a_job_nobody_knows_is_set_aside_in_the_end(app: Flask, cast: Cast):
    with cast.at_work():
        later("tests.of_a_later_release")
        db.session.commit()
        for day in range(MOST_TRIES + 1):
            with clock.at(clock.now() + timedelta(days=day)):
                _drain(app)
        (job,) = _jobs()
        assert job.dead_at is not None
        assert (job.error, job.tries) == ("KeyError", MOST_TRIES)


def test_recurring_work_is_planned_again_once(app: Flask, cast: Cast):
    moment = clock.now()
    with cast.at_work(), clock.at(moment):
        for _ in range(3):
            plan()
        db.session.commit()
        assert {job.kind: job.run_at for job in _jobs()} == dict.fromkeys(EVERY, moment)
        _drain(app)
        assert {job.kind: job.run_at - moment for job in _jobs()} == EVERY
        plan()
        db.session.commit()
        assert len(_jobs()) == len(EVERY)


def test_recurring_work_that_failed_to_the_end_is_planned_again(app: Flask, cast: Cast, monkeypatch):
    """One bad day of the storage must not end the sweeping for ever."""
    monkeypatch.setitem(JOBS, "files.sweep_objects", _fail)
    with cast.at_work():
        later("files.sweep_objects", key="schedule:files.sweep_objects")
        db.session.commit()
        for hours in range(0, 12 * MOST_TRIES, 12):
            with clock.at(clock.now() + timedelta(hours=hours)):
                _drain(app)
            if any(job.dead_at for job in _jobs()):
                break
        assert [job.key for job in _jobs() if job.dead_at is None] == ["schedule:files.sweep_objects"]


def test_the_thread_works_soon_after_a_commit_and_stops(app: Flask, cast: Cast, running: Worker):
    with cast.at_work():
        assert _patiently(lambda: not [job for job in _jobs() if job.run_at <= clock.now()])
        later("tests.count", number=7)
        db.session.commit()
        assert _patiently(lambda: version_of("test:7") == 1)
        running.stop()
        later("tests.count", number=8)
        db.session.commit()
        time.sleep(0.1)
        assert version_of("test:8") == 0


def test_a_stopped_worker_finishes_the_job_in_hand_only(app: Flask, cast: Cast, monkeypatch):
    worker = Worker(app)
    monkeypatch.setitem(JOBS, "tests.stop", worker.stop)
    with cast.at_work():
        later("tests.stop", at=clock.now() - timedelta(seconds=1))
        for number in range(3):
            later("tests.count", number=number)
        db.session.commit()
        assert worker.drain() == 1
        assert [(job.kind, job.leased_until) for job in _jobs()] == [("tests.count", None)] * 3


def test_a_worker_outlives_a_database_that_is_away_when_it_starts(app: Flask, cast: Cast):
    """The first planning fails like any other moment: it is tried again."""
    worker = Worker(app)
    with cast.at_work():
        db.session.execute(db.text("alter table job rename to away"))
        db.session.commit()
        with capture_logs() as logs:
            worker.start()
            assert _patiently(lambda: logs)
            assert logs[0]["event"] == "worker.failed"
            db.session.execute(db.text("alter table away rename to job"))
            db.session.commit()
            assert _patiently(lambda: len(_jobs()) == len(EVERY))
        worker.stop()


def test_the_job_of_a_killed_worker_comes_back_when_its_lease_ends(any_app: Flask, cast: Cast, monkeypatch):
    settings = any_app.extensions["portal.settings"]
    with cast.at_work():
        later("tests.slow")
        db.session.commit()
    command = [sys.executable, "-m", "tests.jobs.slow_worker", str(settings.instance), settings.database_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "in the middle\n"
        process.kill()
    monkeypatch.setitem(JOBS, "tests.slow", lambda: _count(0))
    with cast.at_work():
        assert version_of("half") == 0
        assert _drain(any_app) == 0
        with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
            assert _drain(any_app) == 1
        assert (_jobs(), version_of("test:0")) == ([], 1)
