"""Photos in drafts and on tickets: whose they are, how many, and that nothing is left lying about."""

from __future__ import annotations

import os
import time
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from portal.jobs.worker import Worker
from portal.models.base import db
from portal.models.errors import NotReached, Refused
from portal.models.files import MOST_PHOTOS, Attachment
from portal.models.files import sealed_file as sealed_files
from portal.models.files.photo import Photo, read_photo, thumbnail
from portal.models.files.sealed_file import SealedFile, storage, sweep_objects
from portal.vault import SealError
from tests.models.files.pictures import corners, encoded
from tests.stage.cast import Cast


def _photo(width: int = 400) -> Photo:
    return read_photo(BytesIO(encoded(corners(width, width * 3 // 4))))


def _add(cast: Cast, draft: UUID, key: str = "owner") -> Attachment:
    attachment = Attachment.add(_photo(), draft, cast.tenure().subject, cast.actor(key))
    db.session.flush()
    return attachment


def _objects(app: Flask) -> set[str]:
    folder: Path = app.extensions["portal.settings"].instance / "files"
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_a_draft_is_ones_own_and_keeps_its_order(any_app, cast: Cast):
    with cast.at_work():
        draft = uuid4()
        mine = [_add(cast, draft) for _ in range(3)]
        _add(cast, draft, "co_owner")
        _add(cast, uuid4())
        assert Attachment.of_draft(draft, cast.actor("owner")) == mine
        assert Attachment.drafted(mine[0].id, cast.actor("owner")) is mine[0]
        for key, sought in (("co_owner", mine[0].id), ("dispatcher", mine[0].id), ("owner", uuid4())):
            with pytest.raises(NotReached):
                Attachment.drafted(sought, cast.actor(key))


def test_a_draft_takes_nine_photos(app, cast: Cast):
    with cast.at_work():
        draft = uuid4()
        for _ in range(MOST_PHOTOS):
            _add(cast, draft)
        with pytest.raises(Refused):
            _add(cast, draft)
        Attachment.of_draft(draft, cast.actor("owner"))[0].drop()
        _add(cast, draft)


def test_a_photo_is_reached_through_its_own_row_only(app, cast: Cast):
    with cast.at_work():
        draft, ticket, other = uuid4(), cast.ticket("in_work"), cast.ticket()
        photo = _add(cast, draft, "technician")
        event = ticket.post_progress("", by=cast.actor("technician"), draft=draft)
        assert (event.fields, event.note) == ({"photos": 1}, None)
        assert Attachment.about(photo.id, ticket.id) is photo
        assert Attachment.of_events([event.id, uuid4()]) == {event.id: [photo]}
        assert Attachment.of_events([]) == {}
        with pytest.raises(NotReached):
            Attachment.about(photo.id, other.id)
        with pytest.raises(NotReached):
            Attachment.drafted(photo.id, cast.actor("technician"))


def test_somebody_elses_draft_is_not_taken_along(app, cast: Cast):
    """The draft's name is in the page; knowing it gives nobody the photos."""
    with cast.at_work():
        draft, ticket = uuid4(), cast.ticket("in_work")
        theirs = _add(cast, draft, "co_owner")
        ticket.post_progress("正在补防水", by=cast.actor("technician"), draft=draft)
        assert (theirs.draft, theirs.about_id) == (draft, None)


def test_the_object_is_ciphertext_and_the_row_opens_it(app: Flask, cast: Cast):
    with cast.at_work():
        photo = _photo()
        file = SealedFile.store(photo.content, photo.media_type, cast.tenure().subject)
        db.session.commit()
        assert (file.size, file.read()) == (len(photo.content), photo.content)
        stored = storage().get(file.object_name)
        assert photo.content[:32] not in stored
        file.move_to(cast.tenure("1-1-0102").subject)
        db.session.commit()
        assert storage().get(file.object_name) == stored
        assert file.read() == photo.content
        file.sealed_subject = cast.tenure().subject
        with pytest.raises(SealError):
            file.read()
        db.session.rollback()


def test_the_small_picture_is_made_once_by_a_job(any_app: Flask, cast: Cast):
    with cast.at_work():
        photo = Attachment.add(_photo(800), uuid4(), cast.tenure().subject, cast.actor("owner"))
        db.session.commit()
        assert Worker(any_app).drain() == 1
        db.session.refresh(photo)
        assert max(Image.open(BytesIO(photo.thumbnail.read())).size) == 480
        before = photo.thumbnail_id
        photo.keep_thumbnail(thumbnail(photo.file.read()))
        db.session.commit()
        assert photo.thumbnail_id == before


def test_a_dropped_photo_takes_its_objects_along(any_app: Flask, cast: Cast):
    with cast.at_work():
        photo, kept = _add(cast, uuid4()), _add(cast, uuid4())
        photo.keep_thumbnail(thumbnail(photo.file.read()))
        db.session.commit()
        assert len(_objects(any_app)) == 3
        photo.drop()
        db.session.commit()
        assert len(_objects(any_app)) == 3
        Worker(any_app).drain()
        assert _objects(any_app) == {kept.file.object_name, db.session.get(Attachment, kept.id).thumbnail.object_name}
        assert [row.id for row in db.session.scalars(select(Attachment))] == [kept.id]


def test_objects_without_a_row_are_swept_after_a_day(any_app: Flask, cast: Cast, monkeypatch):
    """Their request was killed between the object and the row; asked in several rounds."""
    monkeypatch.setattr(sealed_files, "ASKED_AT_ONCE", 3)
    with cast.at_work():
        kept = [_add(cast, uuid4()).file.object_name for _ in range(4)]
        db.session.commit()
        for _ in range(5):
            _add(cast, uuid4())
        db.session.rollback()
        assert (len(_objects(any_app)), sweep_objects()) == (9, 0)
        folder, day = any_app.extensions["portal.settings"].instance / "files", 25 * 3600
        for path in folder.rglob("*"):
            os.utime(path, (time.time() - day, time.time() - day))
        young = _add(cast, uuid4()).file.object_name
        assert sweep_objects() == 5
        assert _objects(any_app) == {*kept, young}
