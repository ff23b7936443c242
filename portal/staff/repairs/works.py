"""The technician's own steps: begin, report progress, finish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.base import db
from portal.models.errors import Refused
from portal.models.repairs import Ticket
from portal.staff.repairs.forms import StepForm, WorkForm
from portal.staff.repairs.tickets import done, ticket_page
from portal.web import uploads
from portal.web.guard import current_actor, requires

works = Blueprint("works", __name__)


@works.post("/<number>/work")
@requires(P.TICKET_WORK)
def create(number: str) -> Response:
    """On site: the work begins."""
    ticket = Ticket.reached_by(current_actor(), number)
    ticket.start(by=current_actor(), version=StepForm().made_from)
    db.session.commit()
    return done(number)


@works.post("/<number>/progress")
@requires(P.TICKET_WORK, body_bytes=uploads.FORM_WITH_PHOTOS)
def create_progress(number: str) -> Response:
    """Tell the owner how far it is."""
    return _report(number, Ticket.post_progress)


@works.post("/<number>/completion")
@requires(P.TICKET_WORK, body_bytes=uploads.FORM_WITH_PHOTOS)
def create_completion(number: str) -> Response:
    """The work is done; the check comes next."""
    return _report(number, Ticket.finish)


def _report(number: str, verb: Callable[..., Any]) -> Response:
    actor, form = current_actor(), WorkForm()
    draft = uploads.draft_of(form)
    subject = Ticket.reached_by(actor, number).subject
    errors = uploads.take(request.files.getlist("photos"), draft, subject, actor)
    form.photos.errors = [*form.photos.errors, *errors]
    if not form.validate() or errors:
        return ticket_page(number, status=422, work_form=form)
    try:
        verb(Ticket.reached_by(actor, number), form.words.data or "", by=actor, draft=draft, version=form.made_from)
    except Refused as refused:
        db.session.rollback()
        form.take(refused)
        return ticket_page(number, status=422, work_form=form)
    db.session.commit()
    return done(number)
