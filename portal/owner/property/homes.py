"""My home: what waits for me, what is going on, the warranty, the past."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.base import db
from portal.models.errors import NotReached
from portal.models.property import Tenure, household
from portal.web.forms import Form
from portal.web.fragments import piece, unchanged
from portal.web.guard import current_actor, current_session, requires
from portal.web.homes import HomeView

homes = Blueprint("homes", __name__, url_prefix="/home")


@homes.get("", defaults={"tenure_id": None})
@homes.get("/<uuid:tenure_id>")
@requires(P.HOME_VIEW)
def show(tenure_id: UUID | None) -> str:
    """One of my homes; where none is named, the one in use, else where something is going on."""
    return render_template("owner/property/show.html", view=_view(tenure_id), form=Form())


@homes.get("/<uuid:tenure_id>/open")
@requires(P.HOME_VIEW)
def open_tickets(tenure_id: UUID) -> Response:
    """The live piece: what waits for me and what is going on."""
    view = _view(tenure_id)
    return unchanged(view.tag) or piece("owner/property/open.swap.html", view.tag, view=view)


@homes.post("/<uuid:tenure_id>/use")
@requires(P.HOME_VIEW)
def use(tenure_id: UUID) -> Response:
    """Go over to another of my homes; what I may do is from now on what I may do there."""
    household.use(current_actor(), tenure_id)
    db.session.commit()
    return redirect(url_for("owner.homes.show"), 303)


def _view(tenure_id: UUID | None) -> HomeView:
    actor = current_actor()
    tenures = Tenure.of_person(actor.person_id) if actor.person_id else ()
    if tenure_id is None:
        in_use = current_session().account.tenure_id
        tenure_id = in_use if in_use in {tenure.id for tenure in tenures} else None
    views = [HomeView.of(actor, tenure, tenures) for tenure in tenures if tenure_id in (None, tenure.id)]
    if not views:
        raise NotReached
    return max(views, key=lambda view: sum(ticket.is_open for ticket in view.tickets))
