"""The session's cookie, and what happens when there is none."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from flask import Flask, Request, Response, current_app, g, redirect, request, session, url_for
from flask_login import AnonymousUserMixin
from werkzeug.wrappers import Response as BaseResponse

from portal import clock, extensions
from portal.models.accounts.account import Account
from portal.models.accounts.attempt import Attempt
from portal.models.accounts.session import Session
from portal.models.base import db
from portal.models.property.signed_in import SignedIn
from portal.web import devices

OWNERS_SECONDS = 90 * 24 * 3600
LONGEST_NEXT = 1000


class SignInNeeded(Exception):
    """The view is for people who are signed in, and nobody is."""


def install(app: Flask) -> None:
    """Load the session of the cookie's token, and keep its last-seen time."""
    extensions.login.init_app(app)
    extensions.login.session_protection = None
    extensions.login.anonymous_user = AnonymousUserMixin
    extensions.login.request_loader(_load)
    app.register_error_handler(SignInNeeded, _ask)
    app.after_request(_see)


def cookie_name() -> str:
    """``__Host-anju`` where the public address is https, else ``anju``."""
    return "__Host-anju" if current_app.config["SECURE"] else "anju"


def judged(phone: str, password: str) -> Account:
    """The account these belong to. Raises WrongCredentials, TooSoon or Busy, alike for known and unknown numbers.

    No transaction is open while the password is judged: nobody else's writing waits for it. The caller commits.
    """
    db.session.rollback()
    with extensions.reading():
        attempt = Attempt.of(phone, devices.key())
        db.session.rollback()
    attempt.judge(password)
    return attempt.account(password)


def begin(account: Account, answer: BaseResponse, *, half: bool = False) -> None:
    """Start a session for the account: a new token, a new form secret, and the cookie on ``answer``.

    Whatever token the browser brought along is never taken over, and its session ends. A ``half`` session owes the
    second step, lasts ten minutes and opens nothing but the pages of that step. The caller commits.
    """
    _end_brought()
    row, token = Session.begin(account, half=half, label=devices.label_of(request.user_agent.string))
    if not half:
        row.on(devices.give(answer))
    _forget_forms()
    _give(answer, row, token)


def complete(answer: BaseResponse) -> None:
    """The second step is passed: the half session of this request becomes whole, under a new token. The caller commits.

    Raises SignInNeeded where there is no half session.
    """
    found = half_session()
    if found is None:
        raise SignInNeeded
    row = found.session
    token = row.complete()
    row.on(devices.give(answer))
    _forget_forms()
    _give(answer, row, token)


def proved(answer: BaseResponse) -> None:
    """The person has proved once more who they are: a new token, fresh for five minutes. The caller commits.

    The form secret stays, so that a form that waits in another tab can still be sent.
    """
    token = _brought()
    found = SignedIn.of_token(token) if token else None
    if found is None:
        raise SignInNeeded
    row = found.session
    _give(answer, row, row.prove())


def half_session() -> SignedIn | None:
    """Who has passed the first of two steps in this browser; None for everybody else, signed in or not."""
    token = _brought()
    return SignedIn.half_of_token(token) if token else None


def end(answer: BaseResponse) -> None:
    """Take the cookie back and forget the form secret; the row is ended by the caller."""
    session.clear()
    answer.delete_cookie(cookie_name(), path="/", secure=current_app.config["SECURE"], httponly=True, samesite="Lax")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'


def safe_next(target: str | None) -> str | None:
    """A path of this site to go on to, or None: no other host, no scheme, no backslash.

    Only letters that a browser reads as they are: it leaves out tabs and line ends, and what looked like a path becomes
    another host.
    """
    if not target or len(target) > LONGEST_NEXT or not target.startswith("/") or target.startswith("//"):
        return None
    if any(not "!" <= letter <= "~" or letter == "\\" for letter in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.netloc or parts.scheme else target


def _brought() -> str | None:
    return request.cookies.get(cookie_name())


def _end_brought() -> None:
    """The session this browser had: nobody could end it once its cookie is gone."""
    token = _brought()
    found = (SignedIn.of_token(token) or SignedIn.half_of_token(token)) if token else None
    if found is not None:
        found.session.end()


def _forget_forms() -> None:
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale


def _give(answer: BaseResponse, row: Session, token: str) -> None:
    answer.set_cookie(
        cookie_name(),
        token,
        max_age=None if row.staff or row.half else OWNERS_SECONDS,
        path="/",
        secure=current_app.config["SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _load(incoming: Request) -> SignedIn | None:
    token = incoming.cookies.get(cookie_name())
    return SignedIn.of_token(token) if token else None


def _ask(_error: SignInNeeded) -> BaseResponse:
    home = url_for("owner.accounts.sign_in")
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": home})
    if request.method != "GET":
        return redirect(home, 303)
    return redirect(f"{home}?next={quote(request.full_path.rstrip('?'), safe='/')}", 303)


def _see(answer: Response) -> Response:
    found = g.get("_login_user")
    if isinstance(found, SignedIn) and found.due_to_be_seen and answer.status_code < 400:
        with extensions.writing():
            db.session.rollback()
            row = db.session.get(Session, found.id)
            if row is not None and row.ended_at is None:
                row.seen_at = clock.now()
                db.session.commit()
    return answer
