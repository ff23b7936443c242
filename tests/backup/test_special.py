"""Backups of unusual installations: erased people, lost objects, stores on a server, an earlier release."""

from __future__ import annotations

import json
import shutil
import tomllib
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from flask import Flask, current_app
from sqlalchemy import URL, create_engine, inspect, select, text
from sqlalchemy.pool import NullPool

from portal import clock
from portal.backup import manifest
from portal.backup.making import objects
from portal.config import RELEASE
from portal.models.base import db, new_id
from portal.models.files import Attachment
from portal.models.files.sealed_file import remove_object, storage
from portal.models.privacy.replaying import replay_erasures
from portal.vault import Erased, Subject, SubjectKind
from portal.vault.ledger import Ledger
from tests.backup.reading import Target, contents, rows
from tests.servers.shared import ROOT
from tests.stage.cast import Cast


def erase(app: Flask, cast: Cast, key: str) -> UUID:
    """Erase somebody as the verb does: ledger, keys, database."""
    ring = app.extensions["portal.keyring"]
    person = cast.person(key)
    ledger = Ledger(app.extensions["portal.settings"].ledger, ring.installation, ring.secret("audit"))
    ledger.add([person.sealed_subject], new_id(), clock.now())
    replay_erasures()
    return person.id


def test_who_was_erased_since_stays_so(any_app: Flask, cast: Cast, populated, back_up, restore, target: Target):
    """Old database, old keys that still open everything: the ledger's copy is the newest, and is replayed first."""
    assert back_up().exit_code == 0
    with cast.at_work():
        person_id = erase(any_app, cast, "neighbour")
    shutil.copy2(any_app.extensions["portal.settings"].ledger, target.folder.parent / "newest.ledger")
    done = restore(target, "--ledger", str(target.folder.parent / "newest.ledger"))
    assert done.exit_code == 0, done.output
    assert "Erased again from the ledger: 1." in done.output
    with target.opened() as again:
        person = db.session.get(type(again.person("owner")), person_id)
        assert person is None or person.phone_index is None
        ring = again.app.extensions["portal.keyring"]
        with pytest.raises(Erased):
            ring.ensure(Subject(SubjectKind.PERSON, person_id))


def test_an_object_whose_row_goes_meanwhile(app: Flask, cast: Cast, populated, back_up, restore, target, monkeypatch):
    """Between the rows' moment and the objects' a photo was taken out: the copy forgets it too."""
    taken: list[str] = []
    fetch = objects.fetch

    def meanwhile(*given):
        if not taken:
            attachment = db.session.scalars(select(Attachment)).one()
            taken.append(attachment.file.object_name)
            file_id = attachment.file_id
            attachment.drop()
            db.session.commit()
            remove_object(file_id)
        return fetch(*given)

    monkeypatch.setattr(objects, "fetch", meanwhile)
    made = back_up()
    assert made.exit_code == 0, made.output
    done = restore(target)
    assert done.exit_code == 0, done.output
    with target.opened():
        assert taken[0] not in contents()
        assert db.session.scalars(select(Attachment)).all() == []


def test_an_object_that_was_lost_before_is_named(app: Flask, cast: Cast, populated, back_up, restore, target: Target):
    with cast.at_work():
        name = db.session.scalars(select(Attachment)).one().file.object_name
        storage().delete(name)
    made = back_up()
    assert made.exit_code == 0, made.output
    assert f"The storage has lost the object {name}." in made.output
    assert restore(target).exit_code == 0


def test_without_files(app: Flask, populated, back_up, restore, target: Target):
    before = rows(app)
    assert back_up("--without-files").exit_code == 0
    done = restore(target)
    assert done.exit_code == 0, done.output
    with target.opened() as again:
        assert rows(again.app) == before
        assert not list((target.folder / "files").glob("*"))


@pytest.mark.postgres
def test_key_stores_on_a_server(populated, app: Flask, back_up, restore, target: Target, stage: ExitStack, request):
    """The key store and the epoch store go onto PostgreSQL, and from there back into files."""
    before, server = rows(app), request.getfixturevalue("postgres_server")
    urls = {name: stage.enter_context(server.database()) for name in ("PORTAL_KEYS_URL", "PORTAL_EPOCHS_URL")}
    assert back_up().exit_code == 0
    target.more = urls
    done = restore(target)
    assert done.exit_code == 0, done.output
    third = target.folder.parent / "third"
    with target.opened() as again:
        assert rows(again.app) == before
        made = again.app.test_cli_runner().invoke(args=["backup", str(third / "sets")])
        assert made.exit_code == 0, made.output
    last = Target(third / "restored")
    done = restore(last, sets=third / "sets")
    assert done.exit_code == 0, done.output
    with last.opened() as again:
        assert rows(again.app) == before


def test_a_backup_of_an_earlier_release(app: Flask, cast: Cast, populated, back_up, restore, target: Target, tmp_path):
    """Its rows go through the revisions since, beside the target, before they are written."""
    before = rows(app)
    assert back_up().exit_code == 0
    (folder,) = (tmp_path / "sets/database").iterdir()
    with app.app_context():
        _set_back(folder, "0003")
    done = restore(target)
    assert done.exit_code == 0, done.output
    with target.opened() as again:
        found = rows(again.app)
        assert {name: len(kept) for name, kept in found.items()} == {name: len(kept) for name, kept in before.items()}
        assert _entered(found["person"]) == _entered(before["person"])
        assert contents()
    assert not list(target.folder.glob("restoring-*"))


def _entered(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the number of the last change, which that release did not count."""
    return [{name: value for name, value in row.items() if name != "contact_change"} for row in people]


def _set_back(folder: Path, revision: str) -> None:
    """Make of a set what the release of that revision would have written."""
    old, file = folder / "older.sqlite", folder / "database.sqlite"
    engine = create_engine(URL.create("sqlite", database=str(old)), poolclass=NullPool)
    config = current_app.extensions["migrate"].migrate.get_config()
    config.attributes["engine"] = engine
    command.upgrade(config, revision)
    with engine.connect() as connection:
        connection.execute(text("attach database :file as new"), {"file": str(file)})
        connection.commit()
        for table in inspect(connection).get_table_names():
            if not inspect(connection).has_table(table, schema="new"):
                continue
            kept = {one["name"] for one in inspect(connection).get_columns(table, schema="new")}
            names = ", ".join(
                f'"{one["name"]}"' for one in inspect(connection).get_columns(table) if one["name"] in kept
            )
            connection.execute(text(f'insert into main."{table}" ({names}) select {names} from new."{table}"'))
        connection.execute(text("drop table alembic_version"))
        tables = inspect(connection).get_table_names(schema="main")
        connection.commit()
    engine.dispose()
    old.replace(file)
    said = json.loads((folder / "manifest.json").read_text())
    said["revision"], said["files"]["database.sqlite"] = revision, manifest.described(file)
    said["tables"] = {name: number for name, number in said["tables"].items() if name in tables}
    (folder / "manifest.json").write_text(json.dumps(said))


def test_the_release_is_the_projects():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == RELEASE


def test_never_two_at_once(app: Flask, populated, back_up, tmp_path):
    with app.app_context(), app.extensions["portal.keyring"].works.alone("keys"):
        done = back_up("--wait", "1")
    (said,) = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert (done.exit_code, "another command was working on the keys for 1 seconds" in said) == (1, True)
    assert "call backup again" in said
    assert "Another command is working on the keys; waiting for it, 1 s at most" in done.stderr
    assert not (tmp_path / "sets").exists()


def test_the_daily_sample_is_waited_for(app: Flask, populated, back_up):
    """Whatever holds the keys for a moment keeps no backup from being made."""
    began, ended = Event(), Event()

    def sample() -> None:
        with app.app_context(), app.extensions["portal.keyring"].works.alone("verify-sample"):
            began.set()
            ended.wait(1)

    other = Thread(target=sample)
    other.start()
    began.wait()
    done = back_up()
    other.join()
    assert done.exit_code == 0, done.output
    assert "waiting for it, 60 s at most" in done.stderr
