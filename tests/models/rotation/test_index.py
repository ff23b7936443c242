"""Rotation of the index key: a lookup finds its row at every moment, and nothing of the old key is left."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal import vault
from portal.extensions import db
from portal.models.accounts import Person
from portal.models.fields import indexing, swapping
from portal.models.fields.indexing import rotate_index
from portal.models.fields.walking import looking
from portal.vault import ring
from portal.vault.index_columns import Slot
from tests.models.rotation.rows import PERSONS, command, indexes
from tests.people import CAST
from tests.stage import building


@pytest.fixture(autouse=True)
def soon_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "NOTICED_SECONDS", 0.1)
    monkeypatch.setattr(vault, "LOOK_SECONDS", 0.02)


def all_found() -> bool:
    """Whether everybody is found, by the columns the ring asks now."""
    found = all(Person.by_phone(known.phone) for known in CAST.values())
    db.session.rollback()
    return found


def filled(name: str) -> int:
    """How many rows have this index."""
    with looking() as connection:
        return connection.scalar(select(func.count(PERSONS.c[name]))) or 0


def slots() -> dict[int, Slot]:
    ring().refresh()
    return ring().index_slots()


def test_the_whole_story(any_app: Flask):
    with any_app.app_context():
        before = indexes()
    for new, old in ((1, 0), (0, 1)):
        command(any_app, "rotate-index")
        with any_app.app_context():
            assert list(slots()) == [new]
            columns = ("phone_index", "phone_index_other")
            assert [filled(columns[new]), filled(columns[old])] == [len(CAST), 0]
            assert all_found()
        assert "every index is right" in command(any_app, "verify")
    with any_app.app_context():
        assert not {row[0] for row in before.values()} & {row[0] for row in indexes().values()}
        ring().refresh()
        assert {(row.name, row.version) for row in ring()._keys.secrets() if row.name == "index"} == {("index", 3)}


def test_to_the_national_algorithm_and_back(app: Flask, installation, stage):
    national = building.opened(installation, PORTAL_ALGORITHM="sm4")
    stage.callback(building.close, national)
    for one, secret in ((national, "index-sm3"), (app, "index")):
        command(one, "rotate-index")
        for reader in (app, national):
            with reader.app_context():
                assert {slot.secret for slot in slots().values()} == {secret}
                assert all_found()


def test_every_step_finds_every_row(app: Flask, monkeypatch: pytest.MonkeyPatch):
    looks = []

    def watched(name):
        step = getattr(type(ring()), name)

        def watching(*given):
            looks.append(all_found())
            step_result = step(*given)
            looks.append(all_found())
            return step_result

        monkeypatch.setattr(type(ring()), name, watching)

    with app.app_context():
        for name in ("begin_index_rotation", "index_filled", "end_index_rotation"):
            watched(name)
        monkeypatch.setattr(indexing, "wait_until_noticed", lambda: looks.append(all_found()))
        with ring().works.alone("rotate-index") as progress:
            rotate_index(progress)
        assert looks == [True] * 8
        assert all_found()


def test_a_writer_that_has_not_noticed(app: Flask, installation, cast, stage, monkeypatch: pytest.MonkeyPatch):
    """Another process with the ring as it was before: it edits when the new column says it is filled."""
    other = building.opened(installation)
    stage.callback(building.close, other)
    stale = other.extensions["portal.keyring"]
    assert list(stale.index_slots()) == [0]
    wait, left = indexing.wait_until_noticed, [1]

    def edit_then_wait():
        if left and left.pop():
            with monkeypatch.context() as patch, other.app_context():
                patch.setattr(type(stale), "refresh", lambda _ring: None)
                assert list(stale.index_slots()) == [0]
                edited = Person.by_phone(CAST["owner"].phone)
                assert edited is not None
                edited.phone = "+8613912340000"
                db.session.commit()
            assert filled("phone_index_other") == len(CAST) - 1
            assert Person.by_phone("13912340000") is not None
            assert Person.by_phone(CAST["owner"].phone) is None
            db.session.rollback()
        wait()

    with app.app_context():
        monkeypatch.setattr(indexing, "wait_until_noticed", edit_then_wait)
        with ring().works.alone("rotate-index") as progress:
            rotate_index(progress)
        assert filled("phone_index_other") == len(CAST)
        assert Person.by_phone("13912340000") is not None
        db.session.rollback()
    assert "every index is right" in command(app, "verify")


@pytest.mark.parametrize("step", ["begin_index_rotation", "index_filled", "end_index_rotation", "_write"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_between_two_steps(app: Flask, monkeypatch: pytest.MonkeyPatch, step: str, moment: str):
    where = swapping if step == "_write" else type(app.extensions["portal.keyring"])
    real = getattr(where, step)

    def deadly(*given):
        if moment == "after":
            real(*given)
        raise KeyboardInterrupt

    with app.app_context():
        monkeypatch.setattr(where, step, deadly)
        with pytest.raises(KeyboardInterrupt), ring().works.alone("rotate-index") as progress:
            rotate_index(progress)
        monkeypatch.setattr(where, step, real)
        assert all_found()
    command(app, "rotate-index")
    with app.app_context():
        assert list(slots()) == [1]
        assert [filled("phone_index"), filled("phone_index_other")] == [0, len(CAST)]
        assert all_found()
    assert "every index is right" in command(app, "verify")


def test_a_cleared_group_has_no_index_in_either_column(app: Flask, cast):
    with app.app_context():
        ring().begin_index_rotation()
        person = cast.person("owner")
        person.phone = "+8613912340000"
        db.session.commit()
        person_id = person.id
        db.session.rollback()
        assert sum(index is not None for index in indexes()[person_id]) == 4
        db.session.get_one(Person, person_id).contact = None
        db.session.commit()
        assert set(indexes()[person_id]) == {None}


def test_both_columns_are_unique(app: Flask):
    with app.app_context():
        ring().begin_index_rotation()
        for _ in range(2):
            twin = Person()
            twin.name, twin.phone = "双", "+8613912340000"
            db.session.add(twin)
        with pytest.raises(IntegrityError, match=r"phone_index"):
            db.session.commit()
        db.session.rollback()
