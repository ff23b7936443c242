"""Photos of a ticket: shown, and uploaded to a draft of the technician's report."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request

from portal.models.accounts import P
from portal.models.base import db
from portal.models.files import Attachment
from portal.models.repairs import Ticket
from portal.web import uploads
from portal.web.guard import current_actor, requires

photos = Blueprint("photos", __name__)


@photos.post("/<number>/drafts/<uuid:draft>/photos")
@requires(P.TICKET_WORK, body_bytes=uploads.ONE_PHOTO)
def create(number: str, draft: UUID) -> Response:
    """One photo for a report of work that is being written."""
    actor = current_actor()
    subject = Ticket.reached_by(actor, number).subject
    return uploads.answer_to(request.files.get("file"), draft, subject, actor)


@photos.delete("/<number>/drafts/<uuid:draft>/photos/<uuid:photo_id>")
@requires(P.TICKET_WORK)
def delete(number: str, draft: UUID, photo_id: UUID) -> Response:
    """Take a photo out of the draft again."""
    Ticket.reached_by(current_actor(), number)
    Attachment.drafted(photo_id, current_actor()).drop()
    db.session.commit()
    return Response(status=204)


@photos.get("/drafts/photos/<uuid:photo_id>")
@requires(P.TICKET_WORK)
def drafted(photo_id: UUID) -> Response:
    """A photo of my own draft, small."""
    return uploads.show(Attachment.drafted(photo_id, current_actor()), small=True)


@photos.get("/<number>/photos/<uuid:photo_id>")
@requires(P.TICKET_READ_WORDS)
def show(number: str, photo_id: UUID) -> Response:
    """A photo of a ticket."""
    ticket = Ticket.reached_by(current_actor(), number)
    return uploads.show(Attachment.about(photo_id, ticket.id), small=False)


@photos.get("/<number>/photos/<uuid:photo_id>/thumbnail")
@requires(P.TICKET_READ_WORDS)
def thumbnail(number: str, photo_id: UUID) -> Response:
    """The same, small."""
    ticket = Ticket.reached_by(current_actor(), number)
    return uploads.show(Attachment.about(photo_id, ticket.id), small=True)
