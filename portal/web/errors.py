"""The one handler that turns domain errors into a status and words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadHost, HTTPException, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from portal.models.accounts.hashing import Busy
from portal.models.accounts.tries import TooSoon
from portal.models.base import db
from portal.models.errors import Denied, DomainError, N_, NotReached, Refused, Repeated, Stale, WrongState
from portal.models.files.photo_errors import PhotosBusy
from portal.vault import Erased, InUse, KeyMissing, KeyStoreError, VaultError
from portal.web.forms import Form
from portal.web.fragments import wants_pieces
from portal.web.waits import retry_after, too_soon_words

log = structlog.get_logger()
Again = Callable[..., BaseResponse]

# The first that fits; PhotosBusy is a Refused that may simply try again.
STATUSES: dict[type[DomainError], int] = {
    NotReached: 404,
    Denied: 403,
    WrongState: 409,
    Stale: 409,
    PhotosBusy: 503,
    Refused: 422,
}
# What is said on the one page that the other statuses share.
WORDS: dict[int, str] = {
    400: N_("这次请求不完整，请返回重试"),
    405: N_("这里不能这样打开"),
}

# A store of keys that others held for too long; whoever looks after the portal finds which in the log.
IN_USE = N_("现在有些忙，这一步没有保存。请过一会儿再试一次。")

# The statuses that have a page of their own, which says what happened and what to do.
PAGES = frozenset({403, 404, 409, 410, 413, 422, 429, 500})

_again: dict[str, Again] = {}


def shows_again(blueprint: str) -> Callable[[Again], Again]:
    """Mark the function that shows a blueprint's row afresh, with ``notice``, ``status`` and the view's own values."""

    def kept(function: Again) -> Again:
        _again[blueprint] = function
        return function

    return kept


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DomainError, _domain)
    for kind in (TooSoon, Busy):
        app.register_error_handler(kind, _wait)
    app.register_error_handler(Erased, _erased)
    app.register_error_handler(StaleDataError, lambda _error: _domain(Stale()))
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(KeyMissing, _keys)
    app.register_error_handler(KeyStoreError, _keys)
    app.register_error_handler(Exception, _unforeseen)


def _domain(error: DomainError) -> BaseResponse:
    db.session.rollback()
    if isinstance(error, Repeated):
        return _fresh(gettext(error.message), 200) or _page(409, gettext(error.message))
    status = next((code for kind, code in STATUSES.items() if isinstance(error, kind)), 422)
    words = gettext(error.message)
    fresh = _again_with(words, status) if status in (403, 409, 422) else None
    return fresh or _page(status, "" if error.message == type(error).message else words)


def _again_with(words: str, status: int) -> BaseResponse | None:
    """What a form was sent from, with the form as it was filled in; None where nothing was sent."""
    return _fresh(words, status, g.get("sent_form")) if request.method == "POST" else None


def _fresh(words: str, status: int, sent: Form | None = None) -> BaseResponse | None:
    """The page of the row as it stands now, with the words on top; None where the row itself is not the actor's.

    A form that was ``sent`` in vain comes back as it was filled in.
    """
    show = _again.get(request.blueprint or "")
    if show is None or not g.actor.person_id:
        return None
    try:
        forms = {sent.called(): sent, "sent": sent} if sent is not None else {}
        return show(notice=words, status=status, **forms, **(request.view_args or {}))
    except DomainError:
        db.session.rollback()
        return None


def _wait(error: TooSoon | Busy) -> BaseResponse:
    """Too many tries, or too many at once: when the next one is taken."""
    db.session.rollback()
    answer = _page(429, too_soon_words(error))
    answer.headers.update(retry_after(error))
    return answer


def again(words: str, status: int, template: str) -> BaseResponse:
    """The page that a form was sent from, as it was filled in; ``template`` where no page shows itself again."""
    db.session.rollback()
    return _fresh(words, status, g.get("sent_form")) or _page(status, words, template)


def _integrity(_error: IntegrityError) -> BaseResponse:
    """Two requests raced for the same row; one of them won, and the other is shown what it did."""
    return _domain(Stale())


def _erased(_error: Erased) -> BaseResponse:
    """The last net: what pages show of the erased is words, so this is for a photo, or for who writes to them."""
    db.session.rollback()
    return _page(410)


def _form_expired(_error: CSRFError) -> BaseResponse:
    return _page(400, template="errors/form_expired.html")


def _http(error: HTTPException) -> BaseResponse:
    if error.code is None or error.code < 400:
        answer: Any = error.get_response()
        return answer  # type: ignore[no-any-return]
    if isinstance(error, BadHost | SecurityError):  # no page can be made: there is no address to lead to
        return Response(status=400)
    return _page(error.code, gettext(WORDS[error.code]) if error.code in WORDS else "")


def _keys(error: VaultError) -> BaseResponse:
    """A store of keys that lacks something or does not answer: its line, which never names a person, is for the log."""
    db.session.rollback()
    log.error("keys.unusable", id=g.get("request_id"), endpoint=request.endpoint, reason=str(error))
    if isinstance(error, InUse):
        words = gettext(IN_USE)
        return _again_with(words, 503) or _page(503, words)
    return _page(500)


def _unforeseen(error: Exception) -> BaseResponse:
    """Never a stack trace on the screen, and never the error's text in the log: it could hold a person's values."""
    if current_app.testing:
        raise error
    db.session.rollback()
    log.error(
        "request.failed",
        id=g.get("request_id"),
        endpoint=request.endpoint,
        error=type(error).__name__,
        at=_place(error),
    )
    return _page(500)


def _place(error: Exception) -> str:
    """Module and line where it was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"


def _page(status: int, words: str = "", template: str = "") -> BaseResponse:
    """The page of a status; ``words`` only where they say more than the page does by itself."""
    if wants_pieces() and status == 404 and request.method == "GET":
        return make_response("", 404)
    answer = make_response(render_template(template or _template(status), status=status, words=words), status)
    if wants_pieces():
        answer.headers["HX-Retarget"] = "body"
        answer.headers["HX-Reswap"] = "innerHTML"
    return answer


def _template(status: int) -> str:
    """The page that says what the status means for the reader."""
    return f"errors/{status if status in PAGES else 'error'}.html"
