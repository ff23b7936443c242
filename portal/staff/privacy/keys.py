"""Work on keys: what runs and how far it is, what ran, and how the keys stand. Done by commands, seen here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.signals import version_of
from portal.staff.privacy.keys_view import KeysView
from portal.web.fragments import piece, unchanged
from portal.web.guard import current_actor, requires

keys = Blueprint("keys", __name__, url_prefix="/keys")


@keys.get("")
@requires(P.KEYS_VIEW, fresh=True)
def show() -> str:
    """How the keys stand, for who has just proved who they are; the page may stay open while work runs for hours."""
    return render_template("staff/privacy/keys.html", **_context())


@keys.get("/work")
@requires(P.KEYS_VIEW)
def work() -> Response:
    """The live piece: the bars. It asks by itself every few seconds while something runs."""
    context = _context()
    tag = context["view"].tag
    return unchanged(tag) or piece("staff/privacy/keywork.swap.html", tag, **context)


def _context() -> dict[str, Any]:
    person_id = current_actor().person_id
    topic = f"person:{person_id.hex}" if person_id else ""
    return {"view": KeysView.now(), "topic": topic, "version": version_of(topic)}
