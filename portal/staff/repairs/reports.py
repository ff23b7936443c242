"""Filing a report for somebody who calls."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.base import db
from portal.models.errors import NotReached, Refused, Repeated
from portal.models.repairs import Ticket
from portal.staff.repairs.calls import Call
from portal.staff.repairs.forms import FiledReportForm
from portal.web.errors import shows_again
from portal.web.forms import Form
from portal.web.fragments import go, page
from portal.web.guard import current_actor, requires

reports = Blueprint("reports", __name__)


@reports.get("/new")
@requires(P.TICKET_FILE)
def new() -> Response:
    """The form of a call; ``home`` may be named in the address."""
    form = FiledReportForm(formdata=None, home=request.args.get("home"))
    return _page(Call.of(form, current_actor()))


@reports.get("/choice")
@requires(P.TICKET_FILE)
def choice() -> str:
    """The live piece of home, place, category and defect, with the answer to give the caller."""
    form = FiledReportForm(request.args, meta={"csrf": False})
    call = Call.of(form, current_actor())
    return render_template("staff/repairs/choice.swap.html", swapping=True, call=call, form=form)


@reports.post("")
@requires(P.TICKET_FILE)
def create() -> Response:
    """File it; but first show the promise and the verdict, so that the caller can be told.

    ``more`` is the button of those without scripts: show what can be chosen next, and complain about nothing yet.
    """
    form = FiledReportForm()
    call = Call.of(form, current_actor())
    if "more" in request.form:
        return _page(call)
    if not call.has_told:
        return _page(call, status=422 if call.complain() else 200)
    complete = form.validate()
    if call.complain() or not complete:
        return _page(call, status=422)
    return _filed(call)


def _filed(call: Call) -> Response:
    actor, answer = current_actor(), call.choice.answer
    assert answer is not None  # has_told says so
    try:
        ticket = Ticket.file(call.place, answer.defect, call.report, actor, call.reporter_id)
    except Repeated as repeated:
        return go(_location(Ticket.of_id(actor, repeated.about)))
    except Refused as refused:
        db.session.rollback()
        call.form.take(refused)
        return _page(call, status=422)
    db.session.commit()
    return go(_location(ticket))


@shows_again("staff.repairs.reports")
def report_page(
    *, status: int, notice: str, filed_report_form: FiledReportForm | None = None, **_forms: Form
) -> Response:
    """The page as it was filled in, where it could not be filed. Raises NotReached where no form was sent."""
    if filed_report_form is None:
        raise NotReached
    filed_report_form.form_errors.append(notice)
    return _page(Call.of(filed_report_form, current_actor()), status=status)


def _page(call: Call, *, status: int = 200) -> Response:
    return page("staff/repairs/new.html", "staff/repairs/new.swap.html", status=status, call=call, form=call.form)


def _location(ticket: Ticket) -> str:
    return url_for("staff.repairs.tickets.show", number=ticket.number)
