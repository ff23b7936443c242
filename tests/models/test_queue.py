"""The job table: leases, pauses, the dead letters and the keys."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.models import queue
from portal.models.base import db
from portal.models.queue import Job
from tests.stage.cast import Cast
from tests.stage.crowd import Meeting, at_once


def _ask(count: int = 1, **values: object) -> None:
    for number in range(count):
        queue.later("jobs.sweep", **({"number": number} | values))
    db.session.commit()


def _take() -> list[Job]:
    jobs = queue.lease()
    db.session.commit()
    return jobs


def _only() -> Job:
    db.session.expire_all()
    return db.session.scalars(select(Job)).one()


def test_a_job_waits_for_the_commit_and_goes_with_the_rollback(any_app: Flask, cast: Cast):
    with cast.at_work():
        queue.later("jobs.sweep")
        queue.later("jobs.sweep", key="once")
        db.session.rollback()
        assert _take() == []
        _ask()
        assert [(job.kind, job.payload) for job in _take()] == [("jobs.sweep", {"number": 0})]


def test_a_job_is_not_taken_before_its_time(app, cast: Cast):
    with cast.at_work():
        _ask(at=clock.now() + timedelta(minutes=5))
        assert _take() == []
        with clock.at(clock.now() + timedelta(minutes=5, seconds=1)):
            assert len(_take()) == 1


def test_a_leased_job_is_nobody_elses_until_the_lease_ends(any_app, cast: Cast):
    with cast.at_work():
        _ask()
        first = _take()
        assert _take() == []
        with clock.at(clock.now() + queue.LEASE + timedelta(seconds=1)):
            again = _take()
        assert [job.id for job in again] == [job.id for job in first]
        assert again[0].tries == 2


def test_two_who_lease_at_once_take_different_jobs(any_app: Flask, cast: Cast):
    with cast.at_work():
        _ask(12)
    meeting = Meeting()

    def take() -> list[object]:
        taken = [job.id for job in queue.lease(4)]
        meeting.wait()
        db.session.commit()
        return taken

    mine, theirs = at_once(any_app, take, take)
    assert len({*mine, *theirs}) == 8


def test_the_oldest_due_jobs_come_first(app, cast: Cast):
    with cast.at_work():
        for minutes in (1, 3, 2):
            _ask(at=clock.now() - timedelta(minutes=minutes), number=minutes)
        assert [job.payload["number"] for job in queue.lease(2)] == [3, 2]


def _fail_until_dead() -> list[timedelta]:
    """Fail the only job again and again; the pauses between the tries."""
    pauses: list[timedelta] = []
    moment = clock.now()
    while _only().dead_at is None:
        with clock.at(moment):
            (job,) = _take()
            queue.fail(job.id, ConnectionError)
            db.session.commit()
        pauses.append(_only().run_at - moment)
        moment = max(moment, _only().run_at) + timedelta(milliseconds=1)
    return pauses[:-1]


def test_a_failing_job_comes_back_after_growing_pauses_and_is_set_aside(any_app, cast: Cast):
    """An hour without a mail server, or a server that makes strangers wait, costs no mail."""
    with cast.at_work():
        _ask()
        pauses = _fail_until_dead()
        assert pauses == sorted(set(pauses))
        assert len(pauses) == queue.MOST_TRIES - 1
        assert pauses[0] < timedelta(minutes=1)
        assert sum(pauses, timedelta()) > timedelta(hours=1)
        with clock.at(clock.now() + timedelta(days=30)):
            assert _take() == []
        assert _only().error == "ConnectionError"


def test_a_job_that_takes_its_worker_along_is_set_aside_in_the_end(any_app, cast: Cast):
    """It never fails in words: its process is gone each time, and only the lease ends."""
    with cast.at_work():
        _ask()
        moment = clock.now()
        for _ in range(queue.MOST_TRIES + 3):
            with clock.at(moment):
                _take()
            moment += queue.LEASE + timedelta(seconds=1)
        assert _only().dead_at is not None
        assert (_only().tries, _only().error) == (queue.MOST_TRIES, "WorkerLost")


def test_a_job_that_is_gone_cannot_fail(app, cast: Cast):
    with cast.at_work():
        _ask()
        (job,) = _take()
        queue.finish(job.id)
        queue.fail(job.id, ValueError)
        db.session.commit()
        assert db.session.scalars(select(Job)).all() == []


def test_a_key_makes_it_once_until_it_is_done(any_app, cast: Cast):
    with cast.at_work():
        _ask(3, key="thumbnail:1")
        assert _only().payload == {"number": 0}
        queue.finish(_only().id)
        _ask(2, key="thumbnail:1")
        assert _only().key == "thumbnail:1"


def test_a_key_is_free_again_when_its_job_was_set_aside(app, cast: Cast):
    """Else a recurring job that failed one bad day would never run again."""
    with cast.at_work():
        _ask(key="schedule:jobs.sweep")
        _fail_until_dead()
        _ask(key="schedule:jobs.sweep")
        assert len(db.session.scalars(select(Job)).all()) == 2


def test_two_who_ask_with_one_key_at_once_both_commit(any_app: Flask, cast: Cast):
    """Neither loses the rest of its transaction over it."""
    meeting = Meeting()

    def ask() -> None:
        queue.later("jobs.sweep", key="schedule:jobs.sweep")
        meeting.wait()
        db.session.commit()

    assert at_once(any_app, ask, ask) == [None, None]
    with cast.at_work():
        assert _only().key == "schedule:jobs.sweep"
