"""My home: what waits for me, what is going on, the warranty, the past."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.errors import NotReached
from portal.models.property import Tenure
from portal.web.fragments import piece, unchanged
from portal.web.guard import current_actor, requires
from portal.web.homes import HomeView

homes = Blueprint("homes", __name__, url_prefix="/home")


@homes.get("", defaults={"tenure_id": None})
@homes.get("/<uuid:tenure_id>")
@requires(P.HOME_VIEW)
def show(tenure_id: UUID | None) -> str:
    """One of my homes; where none is named, the one where something is going on."""
    return render_template("owner/property/show.html", view=_view(tenure_id))


@homes.get("/<uuid:tenure_id>/open")
@requires(P.HOME_VIEW)
def open_tickets(tenure_id: UUID) -> Response:
    """The live piece: what waits for me and what is going on."""
    view = _view(tenure_id)
    return unchanged(view.tag) or piece("owner/property/open.swap.html", view.tag, view=view)


def _view(tenure_id: UUID | None) -> HomeView:
    actor = current_actor()
    tenures = Tenure.of_person(actor.person_id) if actor.person_id else ()
    views = [HomeView.of(actor, tenure, tenures) for tenure in tenures if tenure_id in (None, tenure.id)]
    if not views:
        raise NotReached
    return max(views, key=lambda view: sum(ticket.is_open for ticket in view.tickets))
