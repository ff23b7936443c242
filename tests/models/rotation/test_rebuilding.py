"""Blind indexes made anew from what is sealed, with others writing meanwhile."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.extensions import db
from portal.models.accounts import Person
from portal.models.fields import swapping
from portal.models.fields.rebuilding import rebuild_indexes
from portal.vault import ring
from tests.models.rotation.rows import PERSONS, emptied, indexes
from tests.people import CAST


def rebuilt() -> int:
    with ring().works.alone("rebuild-indexes") as progress:
        return rebuild_indexes(progress)


def test_every_index_is_there_again(any_app: Flask):
    with any_app.app_context():
        before = indexes()
        emptied()
        assert Person.by_phone(CAST["owner"].phone) is None
        db.session.rollback()
        assert rebuilt() == len(before) == len(CAST)
        assert indexes() == before
        assert all(Person.by_phone(known.phone) for known in CAST.values())
        db.session.rollback()
        assert rebuilt() == 0
        work = ring().works.all()[0]
        assert (work.name, work.done, work.running) == ("rebuild-indexes", work.total, False)


def test_an_erased_person_has_none(app: Flask, cast):
    with app.app_context():
        person = cast.person("neighbour")
        ring().erase(person.sealed_subject)
        person_id = person.id
        db.session.rollback()
        assert rebuilt() == 1
        assert set(indexes()[person_id]) == {None}


def test_a_row_that_does_not_open_keeps_none(app: Flask, cast):
    with app.app_context():
        person_id = cast.person("neighbour").id
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(update(PERSONS).where(PERSONS.c.id == person_id).values(contact_sealed=b"\1" * 64))
        assert rebuilt() == 1
        assert set(indexes()[person_id]) == {None}


def test_an_edit_meanwhile_wins(app: Flask, cast, monkeypatch: pytest.MonkeyPatch):
    with app.app_context():
        owner_id = cast.person("owner").id
        db.session.rollback()
        emptied()
        write = swapping._write

        def interrupted(*given):
            monkeypatch.setattr(swapping, "_write", write)
            person = db.session.get(Person, owner_id)
            person.phone = "+8613912340000"
            db.session.commit()
            return write(*given)

        monkeypatch.setattr(swapping, "_write", interrupted)
        rebuilt()
        found = Person.by_phone("13912340000")
        assert found is not None
        assert found.id == owner_id
        assert len(db.session.scalars(select(Person).where(Person.phone == CAST["owner"].phone)).all()) == 0
        db.session.rollback()


@pytest.mark.parametrize("batches", [1, 3])
def test_killed_and_gone_on_with(app: Flask, monkeypatch: pytest.MonkeyPatch, batches: int):
    with app.app_context():
        before = indexes()
        emptied()
        monkeypatch.setattr("portal.models.fields.walking.BATCH", 2)
        monkeypatch.setattr("portal.models.fields.walking.TOLD_SECONDS", 0)
        write, left = swapping._write, [batches]

        def dying(*given):
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            return write(*given)

        monkeypatch.setattr(swapping, "_write", dying)
        with pytest.raises(KeyboardInterrupt):
            rebuilt()
        monkeypatch.setattr(swapping, "_write", write)
        with ring().works.alone("rebuild-indexes") as progress:
            assert progress.work.resumed
            assert rebuild_indexes(progress) == len(before) - 2 * batches
        assert indexes() == before
