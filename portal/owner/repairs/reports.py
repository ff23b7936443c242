"""Reporting a repair: one page, which shows the promise and the verdict before anything can be sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.errors import NotReached, Refused, Repeated
from portal.models.property import Tenure
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Report
from portal.owner.repairs.forms import ReportForm
from portal.web import uploads
from portal.web.choices import Choice, half_days
from portal.web.errors import shows_again
from portal.web.forms import Form, options
from portal.web.fragments import go, page
from portal.web.guard import current_actor, requires

reports = Blueprint("reports", __name__)


@reports.get("/new")
@requires(P.TICKET_REPORT)
def new() -> Response | str:
    """The empty form for one of my homes."""
    form = ReportForm(formdata=None, tenure=request.args.get("tenure"), place=request.args.get("place"))
    return _page(form)


@reports.get("/choice")
@requires(P.TICKET_REPORT)
def choice() -> str:
    """The live piece of place, category and defect, with the promise and the verdict for what is chosen."""
    form, actor = ReportForm(request.args, meta={"csrf": False}), current_actor()
    chosen = Choice.of(form, _tenure(form, actor))
    return render_template(
        "owner/repairs/choice.swap.html", form=form, choice=chosen, tenures=_tenures(actor), swapping=True
    )


@reports.post("")
@requires(P.TICKET_REPORT, body_bytes=uploads.FORM_WITH_PHOTOS)
def create() -> Response | str:
    """Send it; but first show the promise and the verdict, when the page has not shown them for this defect."""
    actor, form = current_actor(), ReportForm()
    tenure = _tenure(form, actor)
    form.preferred.choices = options(half_days())
    errors = uploads.take(request.files.getlist("photos"), uploads.draft_of(form), tenure.subject, actor)
    chosen = Choice.of(form, _tenure(form, actor))
    if chosen.answer is None or form.seen.data != chosen.answer.defect.code:
        complains = chosen.complain(form, (form.offered.data or "").split())
        return _page(form, status=422 if complains or errors else 200, photo_errors=errors)
    if not form.validate() or errors:
        return _page(form, status=422, photo_errors=errors)
    try:
        ticket = Ticket.report(chosen.place, chosen.answer.defect, _report(form), actor)
    except Repeated as repeated:
        return go(_location(Ticket.of_id(actor, repeated.about)))
    except Refused as refused:
        db.session.rollback()
        form.take(refused)
        return _page(form, status=422)
    db.session.commit()
    return go(_location(ticket))


@shows_again("owner.repairs.reports")
def report_page(*, status: int, notice: str, report_form: ReportForm | None = None, **_forms: Form) -> Response:
    """The page as it was filled in, where it could not be sent. Raises NotReached where no form was."""
    if report_form is None:
        raise NotReached
    report_form.form_errors.append(notice)
    return _page(report_form, status=status)


def _page(form: ReportForm, *, status: int = 200, photo_errors: list[str] | None = None) -> Response:
    actor = current_actor()
    tenure = _tenure(form, actor)
    form.preferred.choices = options(half_days())
    form.photos.errors = [*form.photos.errors, *(photo_errors or [])]
    if uploads.draft_of(form) is None:
        form.again()
    context: dict[str, Any] = {
        "form": form,
        "tenure": tenure,
        "tenures": _tenures(actor),
        "choice": Choice.of(form, tenure),
        "upload_url": url_for("owner.repairs.photos.create", tenure_id=tenure.id, draft=uploads.draft_of(form)),
        "kept": uploads.kept(uploads.draft_of(form), actor, "owner.repairs.photos.drafted"),
    }
    return page("owner/repairs/new.html", "owner/repairs/new.swap.html", status=status, **context)


def _tenures(actor: Actor) -> Sequence[Tenure]:
    return Tenure.all_reached_by(actor)


def _tenure(form: ReportForm, actor: Actor) -> Tenure:
    if form.tenure.uuid is not None:
        return Tenure.reached_by(actor, form.tenure.uuid)
    tenures = _tenures(actor)
    if not tenures:
        raise NotReached
    form.tenure.data = str(tenures[0].id)
    return tenures[0]


def _report(form: ReportForm) -> Report:
    return Report(
        words=form.words.data or "",
        preferred=tuple(form.preferred.data or ()),
        call_first=form.call_first.data,
        draft=uploads.draft_of(form),
    )


def _location(ticket: Ticket) -> str:
    return url_for("owner.repairs.tickets.show", number=ticket.number)
