"""All sealed columns of a table at once: what is read, what is exchanged, and who has the last word."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from portal.extensions import db
from portal.models.accounts import Person
from portal.models.fields import swapping
from portal.models.fields.places import places
from portal.models.fields.rotating import rotate_data
from portal.models.fields.sheets import Sheet, as_uuid, sheets
from portal.models.fields.walking import changing
from portal.vault import ring
from tests.models.rotation.rows import blobs, values

FIRST = UUID(int=0)


def people() -> Sheet:
    return next(sheet for sheet in sheets() if sheet.table is Person.__table__)


def test_every_place_is_in_one_sheet(app: Flask):
    assert sorted(place.name for sheet in sheets() for place in sheet.places) == [place.name for place in places()]
    assert [sheet.name for sheet in sheets()] == sorted(sheet.name for sheet in sheets())


def test_rows_as_the_driver_gives_them(any_app: Flask):
    with any_app.app_context():
        sheet = people()
        lines = sheet.behind(FIRST, 100)
        column = [place.name for place in sheet.places].index("person.contact_sealed")
        assert {as_uuid(line[0]): line[3 + column] for line in lines} == {
            row: blob for (name, row), blob in blobs().items() if name == "person.contact_sealed"
        }
        assert [as_uuid(line[0]) for line in lines] == sorted(as_uuid(line[0]) for line in lines)
        assert sheet.behind(as_uuid(lines[1][0]), 2) == lines[2:4]
        assert sheet.again([lines[3][0], lines[0][0]]) == [lines[0], lines[3]]


def test_only_rows_that_are_as_they_were_read(any_app: Flask):
    with any_app.app_context():
        sheet = people()
        lines = sheet.behind(FIRST, 4)
        width = len(sheet.places)
        new = [tuple(None if blob is None else b"new" * 30 for blob in line[3:]) for line in lines]
        wanted = [(line[0], *line[3:], *made) for line, made in zip(lines, new, strict=True)]
        wanted[1] = (wanted[1][0], *(b"other" for _ in range(width)), *new[1])  # none of them
        last = [*lines[2][3:]]
        last[last.index(None)] = b"filled meanwhile"  # one of them
        wanted[2] = (wanted[2][0], *last, *new[2])
        with changing() as connection:
            assert sheet.exchange(connection, wanted) == 2
        after = sheet.behind(FIRST, 4)
        assert [line[3:] for line in after] == [new[0], lines[1][3:], lines[2][3:], new[3]]


def test_what_others_wrote_is_not_counted_and_one_group_does_not_undo_another(
    any_app: Flask, cast, monkeypatch: pytest.MonkeyPatch
):
    with any_app.app_context():
        person_id = cast.person("owner").id
        db.session.rollback()
        before, plain, write = blobs(), values(), swapping._write

        def interrupted(target, wanted):
            if getattr(target, "table", None) is Person.__table__:
                monkeypatch.setattr(swapping, "_write", write)
                db.session.get_one(Person, person_id).id_number = "11010519491231002X"
                db.session.commit()
            return write(target, wanted)

        monkeypatch.setattr(swapping, "_write", interrupted)
        with ring().works.alone("rotate-data") as progress:
            assert rotate_data(progress) == len(before)
        edited = {("person.identity_sealed", person_id): {"id_number": "11010519491231002X"}}
        assert values() == plain | edited
        assert {blob[2:4] for blob in blobs().values()} == {b"\0\2"}


def test_a_row_that_is_always_written_anew_is_left_to_its_writers(any_app: Flask, monkeypatch: pytest.MonkeyPatch):
    with any_app.app_context():
        looked = []
        monkeypatch.setattr(swapping, "_write", lambda target, wanted: looked.append(wanted) or 0)
        with ring().works.alone("rotate-data") as progress:
            assert rotate_data(progress) == 0
        assert len(looked) >= swapping.ATTEMPTS
