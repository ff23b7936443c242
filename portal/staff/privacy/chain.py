"""The audit chain: whole, waiting, truncated or broken; where its checkpoints lie; and a verification on request."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.extensions import limiter
from portal.models.accounts import P
from portal.models.base import db
from portal.models.errors import NotReached
from portal.models.privacy.checkpoints import AuditCheckpoint, verifier
from portal.models.privacy.verifications import AuditVerification
from portal.models.signals import version_of
from portal.staff.privacy.chain_view import ChainView
from portal.vault import ring, signed_note
from portal.web.forms import Form
from portal.web.fragments import changed, piece, unchanged
from portal.web.guard import current_actor, requires

chain = Blueprint("chain", __name__, url_prefix="/chain")


@chain.get("")
@requires(P.AUDIT_VIEW)
def show() -> str:
    """What can be said of the chain."""
    return render_template("staff/privacy/chain.html", **_context())


@chain.get("/verdict")
@requires(P.AUDIT_VIEW)
def verdict() -> BaseResponse:
    """The live piece: the last verdict, or how far a verification is."""
    context = _context()
    tag = context["view"].tag
    return unchanged(tag) or piece("staff/privacy/verdict.swap.html", tag, **context)


@chain.post("/verifications")
@requires(P.AUDIT_VIEW)
@limiter.limit("30/hour")
def create() -> BaseResponse:
    """Have the whole chain verified, by a job."""
    AuditVerification.ask(current_actor())
    db.session.commit()
    return changed(url_for("staff.privacy.chain.show"))


@chain.get("/checkpoint.note")
@requires(P.AUDIT_VIEW)
def note() -> BaseResponse:
    """The newest signed checkpoint, to be kept elsewhere."""
    newest = AuditCheckpoint.newest()
    if newest is None:
        raise NotReached
    return _download(newest.note, newest.name)


@chain.get("/key.txt")
@requires(P.AUDIT_VIEW)
def key() -> BaseResponse:
    """The public key in the form C2SP gives verifiers: whoever has it can read our notes without us."""
    return _download(
        signed_note.verifier_key(f"anju/{ring().installation.hex}", verifier()) + "\n", "anju-audit-key.txt"
    )


def _context() -> dict[str, Any]:
    person_id = current_actor().person_id
    topic = f"person:{person_id.hex}" if person_id else ""
    return {"view": ChainView.now(), "form": Form(), "topic": topic, "version": version_of(topic)}


def _download(text: str, name: str) -> BaseResponse:
    answer = Response(text, mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
