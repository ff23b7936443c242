"""Photos on their way in: from a form without scripts all at once, or one by one into a draft."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Response, jsonify, make_response, url_for
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from portal.models.actor import Actor
from portal.models.base import db
from portal.models.errors import Refused
from portal.models.files import MOST_PHOTOS, Attachment, SealedFile
from portal.models.files.photo import MOST_BYTES, PhotosBusy, read_photo
from portal.vault import Subject
from portal.web import sealed_files
from portal.web.forms import Form

ONE_PHOTO = MOST_BYTES + 64 * 1024
FORM_WITH_PHOTOS = MOST_PHOTOS * MOST_BYTES + 512 * 1024


def draft_of(form: Form) -> UUID | None:
    """The draft a form's photos wait in: its idempotency key, which only a sent form uses up."""
    try:
        return UUID(form.once.data or "")
    except ValueError:
        return None


def take(files: Iterable[FileStorage], draft: UUID | None, subject: Subject, actor: Actor) -> list[str]:
    """Put the files of a form without scripts into its draft; returns an error in words for each one refused.

    What was good stays in the draft, so that nothing has to be chosen again when the form comes back.
    """
    errors = []
    for file in files:
        if not file.filename or draft is None:
            continue
        try:
            add(file, draft, subject, actor)
        except Refused as refused:
            db.session.rollback()
            words = gettext(refused.message)
            errors.append(gettext("%(name)s：%(words)s", name=file.filename[-40:], words=words))
    return errors


def add(file: FileStorage, draft: UUID, subject: Subject, actor: Actor) -> Attachment:
    """Decode and seal one photo into a draft and commit; raises Refused.

    Decoding takes up to a second, so this request lets go of the database meanwhile.
    """
    db.session.rollback()
    photo = read_photo(file.stream)  # type: ignore[arg-type]
    attachment = Attachment.add(photo, draft, subject, actor)
    db.session.commit()
    return attachment


def answer_to(file: FileStorage | None, draft: UUID, subject: Subject, actor: Actor) -> Response:
    """One upload of the script: 201 with the photo's id, or the reason in words (422; 503 when it may try again)."""
    if file is None or not file.filename:
        return make_response(jsonify(message=gettext("请选择照片")), 422)
    try:
        attachment = add(file, draft, subject, actor)
    except Refused as refused:
        db.session.rollback()
        status = 503 if isinstance(refused, PhotosBusy) else 422
        return make_response(jsonify(message=gettext(refused.message)), status)
    return make_response(jsonify(id=str(attachment.id)), 201)


def kept(draft: UUID | None, actor: Actor, endpoint: str) -> list[dict[str, Any]]:
    """The photos a draft holds already, for the form that comes back."""
    rows = Attachment.of_draft(draft, actor) if draft else ()
    return [
        {
            "id": row.id,
            "name": gettext("照片 %(number)s", number=number),
            "size": row.file.size,
            "thumbnail_url": url_for(endpoint, photo_id=row.id),
        }
        for number, row in enumerate(rows, 1)
    ]


def show(attachment: Attachment, *, small: bool) -> Response:
    """The picture itself; the large one while the small one is not made yet."""
    file: SealedFile = (attachment.thumbnail or attachment.file) if small else attachment.file
    return sealed_files.answer(file)
