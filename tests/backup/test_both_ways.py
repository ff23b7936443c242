"""A backup of either database goes back into either: everything is there, opens, and is found."""

from __future__ import annotations

import stat
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from portal.models.accounts import Person, Session
from portal.models.base import Model, db
from portal.models.fields.places import places
from tests.backup.reading import Target, contents, rows
from tests.people import CAST
from tests.stage.cast import Cast


def test_everything_is_there_again(any_app: Flask, populated, back_up, restore, any_target: Target, cast: Cast):
    before = rows(any_app)
    with cast.at_work():
        files = contents()
        Session.begin(cast.account("owner"))
        db.session.commit()
    assert files
    made = back_up()
    assert made.exit_code == 0, made.output
    done = restore(any_target)
    assert done.exit_code == 0, done.output
    for made in any_target.folder.glob("*.sqlite"):
        assert stat.S_IMODE(made.stat().st_mode) == 0o600, made
    with any_target.opened() as again:
        assert rows(again.app) == before
        assert contents() == files
        assert db.session.scalars(select(Session)).all() == []
        assert Person.by_phone(CAST["owner"].phone).name == CAST["owner"].name
        assert again.ticket().number not in {row["number"] for row in before["ticket"]}
        for place in places():
            if place.group is not None:
                for row in db.session.scalars(select(place.model)):
                    place.group.values(row)


def test_what_lies_in_the_sets(app: Flask, populated, back_up, tmp_path: Path, cast: Cast):
    assert back_up().exit_code == 0
    sets = tmp_path / "sets"
    for path in [sets, *sets.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    (database,), (keys,) = (sets / "database").iterdir(), (sets / "keys").iterdir()
    assert {path.name for path in database.iterdir()} == {"database.sqlite", "files", "files.txt", "manifest.json"}
    assert {path.name for path in keys.iterdir()} == {"keys.sqlite", "manifest.json"}
    assert {path.name for path in (sets / "epochs").iterdir()} == {"epochs.sqlite", "erasures.ledger"}
    everything = b"".join(path.read_bytes() for path in sets.rglob("*") if path.is_file())
    indexed = [
        column for table in Model.metadata.tables.values() for column in table.c if column.info.get("blind_index")
    ]
    assert indexed
    with cast.at_work():
        person = cast.person("owner")
        kept = db.session.scalar(select(Person.phone_index).where(Person.id == person.id))
        assert kept
        assert kept not in everything
    for column in indexed:
        assert column.name.encode() not in (database / "database.sqlite").read_bytes()
    for plain in (CAST["owner"].name, CAST["owner"].phone, "谢谢"):
        assert plain.encode() not in everything
