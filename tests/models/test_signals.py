"""Signals: counted in the transaction, published after its commit, never after a rollback."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal import extensions
from portal.models.base import db
from portal.models.queue import Job, later
from portal.models.repairs import Ticket
from portal.models.signals import Topic, announce, bus, touch, version_of
from tests.stage.cast import Cast
from tests.stage.crowd import at_once

TOPIC = "queue:test"


@pytest.fixture
def heard(request) -> list[tuple[str, int]]:
    """What the application's bus has published since the test began."""
    app = request.getfixturevalue("any_app" if "any_app" in request.fixturenames else "app")
    signals: list[tuple[str, int]] = []
    with app.app_context():
        bus().subscribe(lambda topic, version: signals.append((topic, version)))
    return signals


def test_a_version_is_counted_with_the_commit_and_published_after_it(any_app, cast: Cast, heard):
    with cast.at_work():
        for expected in (1, 2):
            touch(TOPIC)
            touch(TOPIC)
            assert version_of(TOPIC) == expected - 1
            db.session.commit()
            assert version_of(TOPIC) == expected
        assert heard == [(TOPIC, 1), (TOPIC, 2)]


def test_nothing_is_heard_before_the_row_can_be_read(any_app: Flask, cast: Cast):
    """Whoever asks again at the signal must find what it is about."""
    found: list[int] = []

    def read() -> int:
        extensions.begin_reading()
        return version_of(TOPIC)

    def ask(_topic: str, _version: int) -> None:
        found.extend(at_once(any_app, read))

    with cast.at_work():
        bus().subscribe(ask)
        touch(TOPIC)
        db.session.commit()
    assert found == [1]


def test_after_a_rollback_nothing_is_counted_or_heard(any_app, cast: Cast, heard):
    with cast.at_work():
        touch(TOPIC)
        announce("ticket:1:owner", 7)
        db.session.rollback()
        db.session.commit()
        assert (version_of(TOPIC), heard) == (0, [])


def test_a_savepoint_is_no_commit(app, cast: Cast, heard):
    with cast.at_work():
        touch(TOPIC)
        announce("ticket:1:owner", 7)
        with db.session.begin_nested():
            later("jobs.sweep")
        assert heard == []
        db.session.rollback()
        db.session.commit()
        assert (version_of(TOPIC), heard) == (0, [])


def test_a_savepoints_rollback_keeps_what_was_touched_before_it(app, cast: Cast, heard):
    with cast.at_work():
        touch(TOPIC)
        db.session.begin_nested().rollback()
        db.session.commit()
        assert heard == [(TOPIC, 1)]


def test_a_refused_commit_publishes_nothing(app, cast: Cast, heard):
    with cast.at_work():
        touch(TOPIC)
        db.session.add(Job(kind=None))
        with pytest.raises(Exception, match="NOT NULL"):
            db.session.commit()
        db.session.rollback()
        assert (version_of(TOPIC), heard) == (0, [])


def test_versions_grow_by_one_however_many_write(any_app: Flask, cast: Cast):
    """Eight threads begin and raise the same topics: no version is given twice and none is left out."""
    versions: list[int] = []
    with cast.at_work():
        bus().subscribe(lambda _topic, version: versions.append(version))

    def write() -> None:
        for _ in range(5):
            touch(TOPIC)
            touch("person:all")
            db.session.commit()

    assert at_once(any_app, *[write] * 8) == [None] * 8
    with cast.at_work():
        touched = select(Topic.version).where(Topic.name.in_((TOPIC, "person:all")))
        assert db.session.scalars(touched).all() == [40, 40]
    assert sorted(versions) == sorted([*range(1, 41)] * 2)


def test_a_step_tells_exactly_the_screens_it_concerns(app, cast: Cast, heard):
    with cast.at_work():
        ticket = cast.ticket()
        db.session.commit()
        heard.clear()
        ticket.note("只给员工看", by=cast.actor("dispatcher"))
        db.session.commit()
        name, queue = f"ticket:{ticket.id.hex}", f"queue:{ticket.development_id.hex}"
        assert {topic for topic, _ in heard} == {f"{name}:staff", queue}
        heard.clear()
        ticket.acknowledge(by=cast.actor("service_agent"))
        db.session.commit()
        household = {f"person:{cast.person(key).id.hex}" for key in ("owner", "co_owner")}
        assert {topic for topic, _ in heard} == {f"{name}:staff", f"{name}:owner", queue} | household
        assert (f"{name}:owner", db.session.get_one(Ticket, ticket.id).owner_version) in heard
