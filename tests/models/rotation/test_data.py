"""Rotation of data keys: every blob anew, nothing else changed, the old keys gone when nothing names them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from portal import clock
from portal.extensions import db
from portal.jobs.keeping import drop_versions
from portal.models.accounts import Person
from portal.models.fields import rotating, swapping
from portal.models.fields.dropping import RIPE_SECONDS
from portal.models.fields.rotating import rotate_data
from portal.models.files import SealedFile
from portal.vault import KeyMissing, KeyStoreError, SealError, ring
from tests.models.rotation.rows import PERSONS, blobs, command, unsealed, values, write_blob
from tests.stage import building

AN_HOUR = timedelta(seconds=RIPE_SECONDS)


def versions() -> set[tuple[int, ...]]:
    """Which versions the subjects have."""
    return {tuple(one.versions) for one in ring().subjects()}


@pytest.fixture
def file(any_app: Flask, cast) -> SealedFile:
    with any_app.app_context():
        made = SealedFile.store(b"photo" * 20_000, "image/jpeg", cast.tenure().subject)
        file_id = made.id
        db.session.commit()
    return file_id


def test_the_whole_story(any_app: Flask, at, file):
    at("accepted")
    with any_app.app_context():
        before, opened, rest = blobs(), values(), unsealed()
    said = command(any_app, "rotate-data")
    with any_app.app_context():
        after = blobs()
        assert f"Sealed again: {len(before)}." in said
        assert values() == opened
        assert unsealed() == rest
        assert before.keys() == after.keys()
        assert not set(before.values()) & set(after.values())
        assert {blob[2:4] for blob in after.values()} == {b"\0\2"}
        assert versions() == {(1, 2)}
        drop_versions()
        assert versions() == {(1, 2)}
    with any_app.app_context(), clock.at(clock.now() + AN_HOUR):
        drop_versions()
        assert versions() == {(2,)}
        assert values() == opened
        assert db.session.get_one(SealedFile, file).read() == b"photo" * 20_000
        db.session.rollback()
    assert "Everything opens" in command(any_app, "verify", "--files")


def test_another_algorithm(app: Flask, installation, at, stage):
    at("accepted")
    with app.app_context():
        opened = values()
        file = SealedFile.store(b"photo", "image/jpeg", Person.by_phone("12900000001").sealed_subject)
        db.session.commit()
        file_id = file.id
    national = building.opened(installation, PORTAL_ALGORITHM="sm4")
    stage.callback(building.close, national)
    command(national, "rotate-data")
    with national.app_context():
        assert {blob[1] for (name, _), blob in blobs().items() if name != "sealed_file.key_sealed"} == {2}
        assert opened.items() <= values().items()
        assert db.session.get_one(SealedFile, file_id).read() == b"photo"
        db.session.rollback()
    command(app, "rotate-data")
    with app.app_context():
        assert {blob[1] for blob in blobs().values()} == {1}
        assert opened.items() <= values().items()


def test_one_subject(app: Flask, cast):
    with app.app_context():
        subject, before = cast.person("owner").sealed_subject, blobs()
        db.session.rollback()
    assert "Sealed again: 1." in command(app, "rotate-data", "--subject", f"person:{subject.id}")
    with app.app_context():
        changed = {key for key, blob in blobs().items() if before[key] != blob}
        assert changed == {("person.contact_sealed", subject.id)}
        assert {one.subject for one in ring().subjects() if max(one.versions) == 2} == {subject.packed}


def test_a_subject_that_is_none(app: Flask):
    run = app.test_cli_runner().invoke(args=["keys", "rotate-data", "--subject", "person:me"])
    assert run.exit_code == 2
    assert "person:0193a1b2" in run.output


def test_a_row_written_under_the_old_key_afterwards(app: Flask, cast):
    with app.app_context():
        person = cast.person("owner")
        person_id, name, old = person.id, person.name, person.contact_sealed
        db.session.rollback()
    command(app, "rotate-data")
    with app.app_context(), clock.at(clock.now() + AN_HOUR):
        write_blob(person_id, old)
        drop_versions()
        assert versions() == {(2,)}
        assert db.session.get_one(Person, person_id).name == name
        db.session.rollback()


def test_a_version_that_a_row_names_stays(app: Flask, cast):
    with app.app_context():
        person = cast.person("owner")
        person_id, old, subject = person.id, person.contact_sealed, person.sealed_subject
        db.session.rollback()
        write_blob(person_id, old[:-1] + bytes((old[-1] ^ 1,)))
    command(app, "rotate-data")
    with app.app_context(), clock.at(clock.now() + AN_HOUR):
        drop_versions()
        assert {one.subject for one in ring().subjects() if len(one.versions) > 1} == {subject.packed}
        write_blob(person_id, old)
        drop_versions()
        assert versions() == {(2,)}
        assert db.session.get_one(Person, person_id).name
        db.session.rollback()


def test_the_next_rotation_ends_the_one_before(app: Flask):
    command(app, "rotate-data")
    with clock.at(clock.now() + AN_HOUR):
        command(app, "rotate-data")
        with app.app_context():
            assert versions() == {(2, 3)}


def test_an_edit_meanwhile_wins(app: Flask, cast, monkeypatch: pytest.MonkeyPatch):
    with app.app_context():
        person_id = cast.person("owner").id
        db.session.rollback()
        write = swapping._write

        def interrupted(*given):
            monkeypatch.setattr(swapping, "_write", write)
            db.session.get_one(Person, person_id).name = "林小雯"
            db.session.commit()
            return write(*given)

        monkeypatch.setattr(swapping, "_write", interrupted)
        with ring().works.alone("rotate-data") as progress:
            rotate_data(progress)
        assert db.session.get_one(Person, person_id).name == "林小雯"
        db.session.rollback()


def test_an_unknown_field_is_kept(app: Flask, cast):
    with app.app_context():
        person = cast.person("owner")
        blob = ring().seal_group("person.contact", person.id, person.sealed_subject, {"name": "林", "later": "x"})
        person_id = person.id
        db.session.rollback()
        write_blob(person_id, blob)
    command(app, "rotate-data")
    with app.app_context():
        assert values()["person.contact_sealed", person_id] == {"name": "林", "later": "x"}


def test_the_erased_and_the_broken_stay_as_they_are(app: Flask, cast):
    with app.app_context():
        erased, broken = cast.person("owner"), cast.person("neighbour")
        ids = erased.id, broken.id
        ring().erase(erased.sealed_subject)
        db.session.rollback()
        write_blob(ids[1], b"\1" * 64)
        before = blobs()
    command(app, "rotate-data")
    with app.app_context():
        after = blobs()
        assert all(before["person.contact_sealed", one] == after["person.contact_sealed", one] for one in ids)
        assert db.session.get_one(Person, ids[0]).name is None
        with pytest.raises(SealError):
            _ = db.session.get_one(Person, ids[1]).name
        db.session.rollback()


def test_a_key_store_older_than_the_database(app: Flask, cast):
    with app.app_context():
        person_id = cast.person("owner").id
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(update(PERSONS).where(PERSONS.c.id == person_id).values(subject_id=b"\7" * 16))
        before = blobs()
    run = app.test_cli_runner().invoke(args=["keys", "rotate-data"])
    assert run.exit_code == 1
    assert "the key store is older than the database" in run.output
    with app.app_context():
        with pytest.raises(KeyMissing):
            _ = db.session.get_one(Person, person_id).name
        db.session.rollback()
        assert blobs()["person.contact_sealed", person_id] == before["person.contact_sealed", person_id]


def test_never_two_at_once(app: Flask):
    with app.app_context(), ring().works.alone("verify"):
        run = app.test_cli_runner().invoke(args=["keys", "rotate-data"])
    assert run.exit_code == 1
    assert "another command is working on the keys" in run.output


def test_killed_among_the_new_versions(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rotating, "SUBJECTS_AT_ONCE", 3)
    with app.app_context():
        opened, ring_, left = values(), ring(), [2]
        add = ring_.add_version

        def dying(subjects):
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            add(subjects)

        monkeypatch.setattr(ring_, "add_version", dying)
        with clock.at(clock.now() + timedelta(seconds=5)):
            with pytest.raises(KeyboardInterrupt), ring().works.alone("rotate-data") as progress:
                rotate_data(progress)
            monkeypatch.setattr(ring_, "add_version", add)
        with clock.at(clock.now() + timedelta(seconds=9)), ring().works.alone("rotate-data") as progress:
            assert progress.work.resumed
            rotate_data(progress)
        assert versions() == {(1, 2)}
        assert values() == opened
        with pytest.raises(KeyStoreError), ring().works.alone("one"), ring().works.alone("two"):
            pass
