"""The staff's face: the queue, the workbench, notices."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.staff import menu
from portal.staff.notices import notices
from portal.staff.privacy import privacy
from portal.staff.repairs import repairs
from portal.web.guard import requires

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
for part in (repairs, notices, privacy):
    blueprint.register_blueprint(part)
blueprint.context_processor(menu.context)


@blueprint.get("/")
@requires(P.TICKET_LIST)
def index() -> Response:
    """Work begins at the queue."""
    return redirect(url_for("staff.repairs.queue.index"))
