"""The staff's face: the queue, the workbench, notices."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.staff import menu
from portal.staff.accounts import accounts
from portal.staff.customers import customers
from portal.staff.households import households
from portal.staff.notices import notices
from portal.staff.privacy import privacy
from portal.staff.repairs import repairs
from portal.staff.roles import roles
from portal.web.guard import current_actor, requires

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
for part in (repairs, customers, households, notices, privacy, accounts, roles):
    blueprint.register_blueprint(part)
blueprint.context_processor(menu.context)


@blueprint.get("/")
@requires(P.NOTICE_VIEW)
def index() -> Response:
    """Work begins at the queue; for those without repairs, at what they were told."""
    repairs_are_theirs = current_actor().may(P.TICKET_LIST)
    return redirect(url_for("staff.repairs.queue.index" if repairs_are_theirs else "staff.notices.index"))
