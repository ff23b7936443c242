"""Notices: the list, and the bell of every page."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.base import db
from portal.models.notices import Notice
from portal.models.signals import version_of
from portal.web.forms import Form
from portal.web.fragments import changed, piece, unchanged
from portal.web.guard import current_actor, requires
from portal.web.notices import lines

notices = Blueprint("notices", __name__, url_prefix="/notices")


@notices.get("")
@requires(P.NOTICE_VIEW)
def index() -> str:
    """The newest notices."""
    return render_template("owner/notices/index.html", lines=lines(current_actor(), staff=False), form=Form())


@notices.get("/bell")
@requires(P.NOTICE_VIEW)
def bell() -> Response:
    """The live piece of the bell."""
    person_id = current_actor().person_id
    tag = str(version_of(f"person:{person_id.hex}")) if person_id else "0"
    return unchanged(tag) or piece("shared/notices/bell.swap.html", tag)


@notices.post("/read")
@requires(P.NOTICE_VIEW)
def read() -> Response:
    """Everything here has been read."""
    person_id = current_actor().person_id
    if person_id is not None:
        Notice.read_all(person_id, staff=False)
        db.session.commit()
    return changed(url_for("owner.notices.index"))
