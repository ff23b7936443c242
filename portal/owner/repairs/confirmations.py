"""The owner's verdict: signed and rated, or still wrong."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.base import db
from portal.models.errors import Refused
from portal.models.files.photo_errors import PhotoError
from portal.models.repairs import Rating, Signature, State, Ticket, states
from portal.owner.repairs.forms import AcceptForm, RejectForm
from portal.web import live, uploads
from portal.web.errors import shows_again
from portal.web.forms import Form, returned
from portal.web.fragments import go, page
from portal.web.guard import current_actor, requires
from portal.web.promises import promise
from portal.web.stories import newest, story
from portal.web.tickets import TicketView

confirmations = Blueprint("confirmations", __name__)


@confirmations.get("/<number>/confirmation")
@requires(P.TICKET_CONFIRM)
def new(number: str) -> Response:
    """The form: fixed, or still wrong. Elsewhere than awaiting the owner, the ticket's own page."""
    ticket = Ticket.reached_by(current_actor(), number)
    if ticket.state != State.AWAITING_OWNER:
        return redirect(url_for("owner.repairs.tickets.show", number=number))
    return confirmation_page(number)


@confirmations.post("/<number>/confirmation")
@requires(P.TICKET_CONFIRM)
def create(number: str) -> Response:
    """Accept: sign and rate."""
    ticket, form = Ticket.reached_by(current_actor(), number), AcceptForm()
    if form.validate():
        try:
            ticket.accept(
                _signature(form), _rating(form), form.comment.data or "", current_actor(), version=form.made_from
            )
        except Refused as refused:
            return _refused(number, form, refused, "accept_form")
        db.session.commit()
        return go(url_for("owner.repairs.tickets.show", number=number))
    return confirmation_page(number, status=422, accept_form=form)


@confirmations.post("/<number>/rework")
@requires(P.TICKET_CONFIRM, body_bytes=uploads.FORM_WITH_PHOTOS)
def create_rework(number: str) -> Response:
    """Still wrong: back to rework, with reasons and photos."""
    actor, form = current_actor(), RejectForm()
    ticket = Ticket.reached_by(actor, number)
    errors = uploads.take(request.files.getlist("photos"), uploads.draft_of(form), ticket.subject, actor)
    form.photos.errors = [*form.photos.errors, *errors]
    if not form.validate() or errors:
        return confirmation_page(number, status=422, reject_form=form)
    try:
        ticket.reject(
            form.reasons.data or [], form.words.data or "", actor, draft=uploads.draft_of(form), version=form.made_from
        )
    except (Refused, PhotoError) as refused:
        return _refused(number, form, refused, "reject_form")
    db.session.commit()
    return go(url_for("owner.repairs.tickets.show", number=number))


@shows_again("owner.repairs.confirmations")
def confirmation_page(number: str, *, status: int = 200, notice: str = "", **forms: Any) -> Response:
    """The page of the verdict; ``forms`` replaces a fresh form by one that was refused."""
    view = TicketView.of(Ticket.reached_by(current_actor(), number), current_actor())
    entries = story(view)
    context: dict[str, Any] = {
        "view": view,
        "ticket": view.ticket,
        "promise": promise(view.ticket),
        "before": newest(entries, states.REPORTED),
        "work": newest(entries, states.FINISHED),
        "live": live.address(view.topics),
        "tag": live.tag(view.version),
        "accept_form": AcceptForm(formdata=None, version=view.ticket.moves),
        "reject_form": RejectForm(formdata=None, version=view.ticket.moves),
    } | returned(forms, view.ticket.moves)
    if uploads.draft_of(context["reject_form"]) is None:
        context["reject_form"].again()
    draft = uploads.draft_of(context["reject_form"])
    context["upload_url"] = url_for("owner.repairs.photos.create_for_ticket", number=number, draft=draft)
    context["kept"] = uploads.kept(draft, current_actor(), "owner.repairs.photos.drafted")
    return page(
        "owner/repairs/confirmation.html",
        "owner/repairs/confirmation.swap.html",
        status=status,
        notice=notice,
        **context,
    )


def _refused(number: str, form: Form, refused: Refused, name: str) -> Response:
    db.session.rollback()
    form.take(refused)
    return confirmation_page(number, status=422, **{name: form})


def _signature(form: AcceptForm) -> Signature:
    return Signature(form.signature_name.data or "", form.signature_path.data or "")


def _rating(form: AcceptForm) -> Rating:
    return Rating(int(form.quality.data), int(form.speed.data), int(form.manner.data))
