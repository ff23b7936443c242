"""What a look at everything finds, and what it says: tables and ids, never a value."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete, update
from structlog.testing import capture_logs

from portal.extensions import db
from portal.jobs.keeping import look_at_sample
from portal.models.accounts import Person
from portal.models.fields.verifying import Report, verify
from portal.models.files import SealedFile
from portal.models.files.sealed_file import storage
from portal.vault import ring
from portal.vault.stores import data_keys, epochs, secrets
from tests.models.rotation.rows import PERSONS, command, write_blob
from tests.people import CAST


def failed(app: Flask, *words: str) -> str:
    """What ``keys verify`` says when something is wrong; no name and no number is in it."""
    run = app.test_cli_runner().invoke(args=["keys", "verify", *words])
    assert run.exit_code == 1
    assert not any(known.name in run.output or known.phone in run.output for known in CAST.values())
    return run.output


def changed(person_id, **values) -> None:
    with db.engine.begin() as connection:
        connection.execute(update(PERSONS).where(PERSONS.c.id == person_id).values(**values))


@pytest.fixture
def owner_id(app: Flask, cast):
    with app.app_context():
        found = cast.person("owner").id
        db.session.rollback()
    return found


@pytest.mark.parametrize("words", [(), ("--sample", "5"), ("--sample", "100000"), ("--files",)])
def test_all_is_well(any_app: Flask, at, words):
    at("accepted")
    said = command(any_app, "verify", *words)
    assert "vault_data_key: " in said
    assert "vault_secret: 4 opened" in said
    assert f"person.contact: {5 if '5' in words else len(CAST)} opened, 0 erased" in said


def test_a_broken_blob(app: Flask, owner_id):
    with app.app_context():
        write_blob(owner_id, b"\1" * 64)
    assert f"person {owner_id} does not open" in failed(app)
    assert f"person {owner_id} does not open" in failed(app, "--sample", "100")


@pytest.mark.parametrize("wrong", [{"phone_index": b"\1" * 16}, {"phone_index": None}, {"email_index_other": 1}])
def test_a_wrong_index(app: Flask, owner_id, wrong):
    with app.app_context():
        changed(owner_id, **wrong)
    assert f"person {owner_id} has a wrong index" in failed(app)


def test_a_key_store_older_than_the_database(app: Flask, owner_id):
    with app.app_context():
        with ring()._keys.writing() as connection:
            connection.execute(delete(data_keys).where(data_keys.c.subject == owner_id.bytes))
        ring().announce()
    assert f"person {owner_id} has no key: the key store is older than the database" in failed(app)


def test_the_erased_are_counted_and_keep_no_index(app: Flask, owner_id):
    with app.app_context():
        ring().erase(db.session.get_one(Person, owner_id).sealed_subject)
        db.session.rollback()
    assert f"person {owner_id} has a wrong index" in failed(app)
    with app.app_context():
        changed(owner_id, phone_index=None, email_index=None)
    assert f"person.contact: {len(CAST) - 1} opened, 1 erased" in command(app, "verify")


def test_what_the_stores_hold(app: Flask, owner_id):
    with app.app_context():
        keys, of_epochs = ring()._keys, ring()._epochs
        with keys.writing() as connection:
            owned = data_keys.c.subject == owner_id.bytes
            connection.execute(update(data_keys).where(owned).values(wrapped=b"\1" * 60))
        with of_epochs.writing() as connection:
            row = {"number": 9, "root": b"\1" * 8, "wrapped": b"\1" * 60, "made_at": 0}
            connection.execute(epochs.insert().values(**row))
        ring().announce()
    said = failed(app)
    for line in (f"vault_data_key person:{owner_id} 1", "vault_epoch 9", f"person {owner_id}"):
        assert f"{line} does not open" in said


def test_a_broken_secret(app: Flask):
    with app.app_context(), ring()._keys.writing() as connection:
        connection.execute(update(secrets).where(secrets.c.name == "audit").values(wrapped=b"\1" * 60))
    assert "vault_secret audit 1 does not open" in failed(app)


def test_the_object_of_a_file(app: Flask, cast):
    with app.app_context():
        file = SealedFile.store(b"photo", "image/jpeg", cast.tenure().subject)
        file_id, name = file.id, file.object_name
        db.session.commit()
        storage().delete(name)
    assert "Everything opens" in command(app, "verify")
    assert f"sealed_file {file_id} its object does not open" in failed(app, "--files")


def test_a_killed_one_does_not_forget_what_it_found(app: Flask, owner_id, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("portal.models.fields.walking.BATCH", 2)
    monkeypatch.setattr("portal.models.fields.walking.TOLD_SECONDS", 0)
    with app.app_context():
        write_blob(owner_id, b"\1" * 64)
        report, left = Report(), [3]

        def dying() -> None:
            left[0] -= report.failed
            if not left[0]:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("portal.models.fields.walking.rest", dying)
            with pytest.raises(KeyboardInterrupt), ring().works.alone("verify") as progress:
                verify(progress, report)
    said = failed(app)
    assert "interrupted" in said
    assert f"person {owner_id} does not open" in said


def test_the_nightly_look(app: Flask, owner_id):
    with app.app_context(), capture_logs() as logs:
        look_at_sample()
        assert logs == []
        write_blob(owner_id, b"\1" * 64)
        look_at_sample()
    (line,) = logs
    assert (line["event"], line["id"]) == ("vault.unsound", str(owner_id))
