"""The one gate: every view carries a mark, and nothing is answered before the mark has been read.

The mark only marks, so the order of decorators cannot matter; a view without a mark is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, abort, current_app, g, has_request_context, request
from flask_login import current_user
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState

from portal import extensions
from portal.models import scoping
from portal.models.accounts import P
from portal.models.actor import NOBODY, Actor
from portal.models.base import db
from portal.models.errors import Denied
from portal.models.property.signed_in import SignedIn
from portal.web.actors import actor_for
from portal.web.notice_owed import NoticeOwed, owed
from portal.web.signing_in import SignInNeeded, half_session

View = TypeVar("View", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Mark:
    """What a view asks for: a permission (None: open to everybody), and how large a body it takes, in bytes.

    ``fresh``: and a proof of who it is within five minutes. ``form`` is what such a view is sent: it comes back as it
    was filled in when the proof has run out. ``half``: only for who has passed the first of two steps of signing in.
    ``before_notice``: also for who has not acknowledged the privacy notice yet.
    """

    permission: P | None
    body_bytes: int = FORM_BYTES
    fresh: bool = False
    form: Callable[[], Any] | None = None
    half: bool = False
    before_notice: bool = False

    @property
    def public(self) -> bool:
        """Whether it is open to everybody."""
        return self.permission is None and not self.half


def requires(
    permission: P,
    *,
    body_bytes: int = FORM_BYTES,
    fresh: bool = False,
    form: Callable[[], Any] | None = None,
    before_notice: bool = False,
) -> Callable[[View], View]:
    """Mark a view: only for actors whose grant carries the permission; ``fresh``: who proved it within five minutes."""
    return _marking(Mark(permission, body_bytes, fresh, form, before_notice=before_notice))


def half_way(view: View) -> View:
    """Mark a view of the second step of signing in: the first is passed, and who it is stands in ``half_session()``."""
    return _marking(Mark(None, half=True))(view)


def public(view: View) -> View:
    """Mark a view: open to everybody, signed in or not."""
    return _marking(Mark(None))(view)


def mark_of(app: Flask, endpoint: str) -> Mark | None:
    """The mark of an endpoint; None when somebody forgot it."""
    found: Mark | None = getattr(app.view_functions.get(endpoint), "_mark", None)
    return found


def install(app: Flask) -> None:
    """Read the mark before everything else, the form's own checks included."""
    app.before_request(_watch)
    app.teardown_request(lambda _error: extensions.begin_writing())


def _insist_on_reach(query: ORMExecuteState) -> None:
    """In a request, a query of a scoped model without a reach raises; jobs and commands work for nobody in person."""
    if has_request_context():
        scoping.insist(query)


event.listen(db.session, "do_orm_execute", _insist_on_reach)


def current_actor() -> Actor:
    """The actor of this request; in a form's request it carries the form's idempotency key."""
    actor: Actor = g.actor
    if request.method in SAFE:
        return actor
    return actor.with_once(_uuid(request.form.get("once")))


def current_session() -> SignedIn:
    """The session of a request that has passed the guard of a non-public view, as it was when the request began."""
    signed_in: SignedIn = current_user._get_current_object()
    return signed_in


def _marking(mark: Mark) -> Callable[[View], View]:
    def marked(view: View) -> View:
        view._mark = mark  # type: ignore[attr-defined]
        return view

    return marked


def _watch() -> None:
    extensions.begin_reading() if request.method in SAFE else extensions.begin_writing()
    g.actor = NOBODY
    if request.endpoint is None:
        return
    mark = mark_of(current_app, request.endpoint)
    if mark is None:
        abort(403)
    request.max_content_length = mark.body_bytes
    if _from_elsewhere():
        abort(403)
    signed_in = current_session() if current_user.is_authenticated else None
    actor = actor_for(signed_in, (request.blueprint or "").split(".")[0], g.request_id) if signed_in else NOBODY
    g.actor = actor
    if mark.half and half_session() is None:
        raise SignInNeeded
    if mark.permission is None:
        return
    if signed_in is None:
        raise SignInNeeded
    if not actor.may(mark.permission):
        raise Denied
    if owed(signed_in) and not mark.before_notice:
        raise NoticeOwed


def _from_elsewhere() -> bool:
    """Whether another site asks for a change, or for anything of the staff's but a page that a link leads to."""
    if request.headers.get("Sec-Fetch-Site") != "cross-site":
        return False
    led_here = request.method in SAFE and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return request.method not in SAFE or (request.path.startswith("/staff/") and not led_here)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
