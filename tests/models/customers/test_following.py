"""Processes follow each other: what one commits, the next search of another knows; what it rolls back, nobody."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal.models.accounts import CONTACTS, Person
from portal.models.base import db
from portal.models.customers.following import FollowedNames, names
from portal.models.signals import Topic
from portal.vault import KeyStoreError, ring
from tests.stage import building
from tests.stage.cast import Cast
from tests.stage.crowd import at_once


@pytest.fixture
def other(any_app: Flask, stage: ExitStack) -> Flask:
    """A second process on the same stores: an application with a key ring and an index of its own."""
    settings = any_app.extensions["portal.settings"]
    app = building.opened(settings.instance, settings.database_url)
    stage.callback(building.close, app)
    return app


def search(app: Flask, text: str) -> int:
    """How many a search in an application finds, as a request of its own would."""
    with app.app_context():
        return len(names().find(text))


def held(app: Flask) -> str:
    """Everything the application's index holds, without a search."""
    index = app.extensions["portal.names"]._index
    return "" if index is None else "".join(index._names)


def change(app: Flask, work: Callable[[], object]) -> None:
    """A transaction in an application."""
    with app.app_context():
        work()
        db.session.commit()


def test_each_follows_what_the_other_commits(any_app: Flask, other: Flask):
    assert search(any_app, "林晓雯") == search(other, "林晓雯") == 1
    change(other, lambda: Person.add("欧阳娜", "12900000055"))
    assert search(any_app, "oyn") == search(other, "oyn") == 1
    change(any_app, lambda: setattr(Person.by_phone("12900000055"), "name", "司马光"))
    assert search(other, "oyn") == search(any_app, "oyn") == 0
    assert search(other, "smg") == search(any_app, "smg") == 1
    change(other, lambda: setattr(Person.by_phone("12900000055"), "contact", None))
    assert search(any_app, "smg") == search(other, "smg") == 0


def test_a_destroyed_key_takes_the_name_out_of_every_process_within_one_request(any_app: Flask, other: Flask, sign_in):
    for app in (any_app, other):
        assert search(app, "林晓雯") == 1
        assert "林晓雯" in held(app)
    with other.app_context():
        person = Person.by_phone("12900000001")
        ring().erase(person.sealed_subject)
    assert "林晓雯" not in held(other)
    assert "林晓雯" in held(any_app)
    assert sign_in("technician").get("/staff/repairs").status_code == 200  # who may not even search
    assert "林晓雯" not in held(any_app)
    assert "许泽明" in held(any_app)
    assert search(any_app, "林晓雯") == search(other, "林晓雯") == 0
    assert search(any_app, "许泽明") == 1


def test_an_erased_row_that_changes_later_does_not_come_back(any_app: Flask, other: Flask):
    assert search(any_app, "林晓雯") == 1
    with other.app_context():
        person = Person.by_phone("12900000001")
        ring().erase(person.sealed_subject)
        person.contact = None
        db.session.commit()
    assert search(any_app, "林晓雯") == 0
    assert search(other, "林晓雯") == 0


def test_a_name_that_was_opened_before_its_key_went_is_not_taken_in_after(any_app: Flask, other: Flask, monkeypatch):
    """The index is being built when another process destroys a key: the batch is opened once more."""
    rounds, really = [], FollowedNames._open

    def opened(self, rows):
        found = really(self, rows)
        if not rounds:
            with other.app_context():
                ring().erase(Person.by_phone("12900000001").sealed_subject)
            self._ring.refresh()
        rounds.append(len(found))
        return found

    monkeypatch.setattr(FollowedNames, "_open", opened)
    assert search(any_app, "林晓雯") == 0
    assert rounds[0] == rounds[1] + 1
    assert "林晓雯" not in held(any_app)


def test_what_is_rolled_back_was_never_there(any_app: Flask, other: Flask):
    assert search(any_app, "欧阳娜") == 0
    with other.app_context():
        before = db.session.scalar(select(Topic.version).where(Topic.name == CONTACTS))
        Person.add("欧阳娜", "12900000055")
        db.session.rollback()
        db.session.commit()
        with db.session.begin_nested() as savepoint:
            Person.add("司马光", "12900000056")
            savepoint.rollback()
        db.session.commit()
        with db.session.begin_nested():
            Person.add("诸葛亮", "12900000057")
        assert search(any_app, "诸葛亮") == 0
        db.session.commit()
        assert db.session.scalar(select(Topic.version).where(Topic.name == CONTACTS)) <= before + 2
    assert [search(any_app, name) for name in ("欧阳娜", "司马光", "诸葛亮")] == [0, 0, 1]


def test_a_transaction_numbers_all_its_changes_at_once(any_app: Flask, cast: Cast, monkeypatch):
    assert search(any_app, "批量") == 0
    with cast.at_work():
        begun = db.session.scalar(select(Topic.version).where(Topic.name == CONTACTS))
        people = [Person() for _ in range(2500)]
        for number, person in enumerate(people):
            person.name, person.phone = "批量人", f"+861291{number:07d}"
        db.session.add_all(people)
        db.session.flush()
        people[0].name = "批量王"
        db.session.commit()
        numbers = select(Person.contact_change, func.count()).where(Person.contact_change > begun)
        assert db.session.execute(numbers.group_by(Person.contact_change)).all() == [(begun + 1, 2500)]
    assert search(any_app, "批量") == 2500
    assert search(any_app, "批量王") == 1


def test_changes_that_leave_the_contact_alone_are_not_numbered(any_app: Flask, cast: Cast):
    with cast.at_work():
        person = cast.person("owner")
        before = person.contact_change
        person.locale, person.id_number = "en", "999999199001010023"
        db.session.commit()
        assert person.contact_change == before
        person.name = "林晓雯"  # an equal text changes nothing
        db.session.commit()
        assert person.contact_change == before
        person.email = "other@example.com"
        db.session.commit()
        assert person.contact_change == before + 1


def test_many_at_once_lose_no_change(any_app: Flask, other: Flask):
    """Eight threads add people while others search: no number is skipped, nobody is missed."""
    assert search(other, "甲") == 0

    def add(first: int) -> Callable[[], None]:
        def work() -> None:
            for number in range(5):
                Person.add("甲乙", f"129200000{first}{number}")
                db.session.commit()
                if first % 2:
                    names().find("甲乙")

        return work

    assert at_once(any_app, *map(add, range(8))) == [None] * 8
    assert search(other, "甲乙") == search(any_app, "甲乙") == 40


def test_one_thread_builds_and_the_others_wait(any_app: Flask, monkeypatch):
    built, really = [], FollowedNames._build
    monkeypatch.setattr(FollowedNames, "_build", lambda self, found: (built.append(1), really(self, found)))
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda _: search(any_app, "林晓雯"), range(6))) == [1] * 6
    assert built == [1]


def test_a_build_that_fails_is_begun_anew(any_app: Flask, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(FollowedNames, "_open", lambda self, rows: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            search(any_app, "林晓雯")
    assert held(any_app) == ""
    assert search(any_app, "林晓雯") == 1


def test_when_nobody_can_say_who_was_erased_all_names_go(any_app: Flask, monkeypatch):
    assert search(any_app, "林晓雯") == 1
    kept = any_app.extensions["portal.names"]

    def refuse(_kind):
        raise KeyStoreError("the key store cannot be read")

    with monkeypatch.context() as broken:
        broken.setattr(type(kept._ring), "erased_of", lambda _self, kind: refuse(kind))
        kept._drop_erased()
    assert held(any_app) == ""
    assert search(any_app, "林晓雯") == 1


def test_a_row_that_does_not_open_is_skipped_and_the_rest_found(any_app: Flask, cast: Cast):
    with cast.at_work():
        table, owner, manager = Person.__table__, cast.person("owner").id, cast.person("manager").id
        rows = db.session.connection()
        rows.execute(update(table).where(table.c.id == owner).values(contact_sealed=b"\x81" * 96))
        rows.execute(update(table).where(table.c.id == manager).values(subject_id=None))
        db.session.commit()
    assert [search(any_app, name) for name in ("林晓雯", "顾立新", "许泽明")] == [0, 0, 1]


def test_building_waits_for_no_writer(any_app: Flask, cast: Cast):
    with cast.at_work():
        Person.add("欧阳娜", "12900000055")  # a transaction that has the write lock, in this very context
        assert len(names().find("林晓雯")) == 1
        assert names().find("欧阳娜") == []


def test_names_leave_the_process_in_no_way(any_app: Flask):
    assert search(any_app, "林晓雯") == 1
    kept = any_app.extensions["portal.names"]
    assert repr(kept) == f"<FollowedNames of {len(kept)}>"
    for leave in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError):
            leave(kept)
