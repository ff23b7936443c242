"""Filing a report for somebody who calls."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.base import db
from portal.models.errors import NotReached, Refused, Repeated
from portal.models.masking import mask_name
from portal.models.property import Development, Home, Tenure
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Report
from portal.staff.repairs.forms import FiledReportForm
from portal.web import uploads
from portal.web.choices import Choice, half_days
from portal.web.fragments import go, page
from portal.web.guard import current_actor, requires

reports = Blueprint("reports", __name__)


@reports.get("/new")
@requires(P.TICKET_FILE)
def new() -> Response:
    """The form of a call; ``home`` may be named in the address."""
    return _page(FiledReportForm(formdata=None, home=request.args.get("home")))


@reports.get("/choice")
@requires(P.TICKET_FILE)
def choice() -> str:
    """The live piece of home, place, category and defect, with the answer to give the caller."""
    form = FiledReportForm(request.args, meta={"csrf": False})
    return render_template("staff/repairs/choice.swap.html", swapping=True, **_context(form))


@reports.post("")
@requires(P.TICKET_FILE, body_bytes=uploads.FORM_WITH_PHOTOS)
def create() -> Response:
    """File it; but first show the promise and the verdict, so that the caller can be told."""
    actor, form = current_actor(), FiledReportForm()
    context = _context(form)
    chosen: Choice = context["choice"]
    if chosen.answer is None or form.seen.data != chosen.answer.defect.code:
        return _page(form, status=422 if chosen.complain(form) else 200)
    if not form.validate():
        return _page(form, status=422)
    report = Report(
        words=form.words.data or "",
        preferred=tuple(form.preferred.data or ()),
        call_first=form.call_first.data,
        caller_name=form.caller_name.data or "",
        caller_phone=form.caller_phone.data or "",
    )
    reporter = UUID(form.reporter.data) if form.reporter.data else None
    try:
        ticket = Ticket.file(chosen.place, chosen.answer.defect, report, actor, reporter)
    except Repeated as repeated:
        return go(_location(Ticket.of_id(actor, repeated.about)))
    except Refused as refused:
        db.session.rollback()
        form.take(refused)
        return _page(form, status=422)
    db.session.commit()
    return go(_location(ticket))


def _page(form: FiledReportForm, *, status: int = 200) -> Response:
    return page("staff/repairs/new.html", "staff/repairs/new.swap.html", status=status, **_context(form))


def _context(form: FiledReportForm) -> dict[str, Any]:
    actor = current_actor()
    development = db.session.get(Development, actor.development_id)
    if development is None:
        raise NotReached
    home = Home.of_code(development.id, form.home.data or "")
    tenure = Tenure.running(home.id) if home else None
    if form.home.data and home is None:
        form.home.errors = [*form.home.errors, gettext("没有找到这个房号，请写成 楼-单元-房号")]
    elif home is not None and tenure is None:
        form.home.errors = [*form.home.errors, gettext("这套房还没有登记业主")]
    parties = tenure.parties if tenure else []
    form.reporter.choices = [(str(party.person_id), mask_name(party.person.name or "")) for party in parties]
    form.preferred.choices = half_days()
    return {"form": form, "choice": Choice.of(form, tenure, development), "tenure": tenure, "home": home}


def _location(ticket: Ticket) -> str:
    return url_for("staff.repairs.tickets.show", number=ticket.number)
