"""The role in use: whoever has several works under one at a time, and says which."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.accounts.in_use import use
from portal.models.base import db
from portal.models.errors import NotReached
from portal.web.guard import current_session, requires

uses = Blueprint("uses", __name__)


@uses.post("/use")
@requires(P.NOTICE_VIEW)
def create() -> Response:
    """Work under another of one's own grants, in this session."""
    session = current_session()
    use(_chosen(), session.account_id, session.id)
    db.session.commit()
    return redirect(url_for("staff.index"), 303)


def _chosen() -> UUID:
    try:
        return UUID(request.form.get("grant", ""))
    except ValueError:
        raise NotReached from None
