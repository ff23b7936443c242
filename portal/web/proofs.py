"""Where being signed in is not enough: what needs a proof within five minutes leads to the page that asks for it."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from portal.web import errors
from portal.web.fragments import wants_pieces
from portal.web.guard import SAFE, Mark, current_session, mark_of
from portal.web.signing_in import safe_next


def install(app: Flask) -> None:
    """Look after the guard and the form's own checks, so that nothing forged is ever shown again as typed."""
    app.before_request(_look)


def _look() -> BaseResponse | None:
    mark = mark_of(current_app, request.endpoint) if request.endpoint else None
    if mark is None or not mark.fresh or not current_user.is_authenticated or current_session().fresh:
        return None
    return _ask() if request.method in SAFE else _give_back(mark)


def _ask() -> BaseResponse:
    """On to the proof, and back to the page from there; a piece leads there as the page that it is a part of."""
    if wants_pieces():
        return Response(status=401, headers={"HX-Redirect": _address(_shown())})
    return redirect(_address(request.full_path.rstrip("?")), 303)


def _give_back(mark: Mark) -> BaseResponse:
    """What was typed comes back on its page, with the way to the proof: that opens beside, and then it can be sent."""
    if mark.form is not None:
        mark.form().again()
    words: str = Markup(render_template("components/proof_owed.html", url=_address("")))  # noqa: S704 - escaped by the template
    return errors.again(words, 403, "errors/proof_owed.html")


def _address(target: str) -> str:
    page = url_for("owner.accounts.ask_proof")
    return f"{page}?next={quote(target, safe='/')}" if safe_next(target) else page


def _shown() -> str:
    """The page a script shows, as far as it is one of ours."""
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{shown.path}?{shown.query}".rstrip("?") if shown.netloc == request.host else ""
