"""Who looked at my data, and the proof of each line."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.extensions import limiter
from portal.models.accounts import P
from portal.models.privacy.looks import PAGE, PROOF_WORDS, look_of, looks_at, looks_since, proved
from portal.owner.privacy.look_lines import look_lines
from portal.web.guard import current_actor, requires

looks = Blueprint("looks", __name__)

RECENT = timedelta(days=30)


@looks.get("")
@requires(P.ACCOUNT_OWN)
def index() -> str:
    """The looks at my data, newest first, twenty a page."""
    actor = current_actor()
    before = request.args.get("before", type=UUID)
    found = looks_at(actor, look_of(actor, before) if before else None)
    earlier = url_for("owner.privacy.looks.index", before=found[PAGE - 1].id) if len(found) > PAGE else ""
    return render_template(
        "owner/privacy/index.html",
        lines=look_lines(actor, found[:PAGE]),
        recent=looks_since(actor, clock.now() - RECENT),
        earlier=earlier,
        first_page=before is None,
    )


@looks.get("/looks/<uuid:look_id>")
@requires(P.ACCOUNT_OWN)
@limiter.limit("120/hour")
def show(look_id: UUID) -> str:
    """One line, computed anew: its hash, its number, and the chain from it to the next signed checkpoint."""
    event = look_of(current_actor(), look_id)
    line = proved(event)
    (entry,) = look_lines(current_actor(), [event])
    return render_template("owner/privacy/look.html", line=line, entry=entry, words=PROOF_WORDS)


@looks.get("/looks/<uuid:look_id>/statement.note")
@requires(P.ACCOUNT_OWN)
@limiter.limit("120/hour")
def statement(look_id: UUID) -> BaseResponse:
    """A signed statement that the line stands in the chain, to keep."""
    line = proved(look_of(current_actor(), look_id))
    return _download(line.statement().encode(), "text/plain", f"anju-line-{line.event.n}.note")


@looks.get("/looks/<uuid:look_id>/line.json")
@requires(P.ACCOUNT_OWN)
def content(look_id: UUID) -> BaseResponse:
    """The line's bytes, of which the statement names the hash."""
    event = look_of(current_actor(), look_id)
    return _download(event.json, "application/json", f"anju-line-{event.n or 0}.json")


def _download(content: bytes, media_type: str, name: str) -> BaseResponse:
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
