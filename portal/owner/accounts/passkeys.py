"""Passkeys: what the browser is asked, and signing in by one alone."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, current_app, redirect, request, url_for
from flask import flash as say
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.extensions import limiter
from portal.models.accounts import Account, P, Passkey
from portal.models.accounts.passkey import Site
from portal.models.base import db
from portal.owner.accounts import accounts
from portal.owner.accounts.arriving import whole
from portal.owner.accounts.second_forms import PasskeyForm
from portal.web import signing_in
from portal.web.guard import current_session, public, requires
from portal.web.signing_in import half_session


def site() -> Site:
    """Who asks, from the installation's public address: never from what a request says of itself."""
    address = urlsplit(current_app.config["PUBLIC_URL"])
    return Site(address.hostname or "", f"{address.scheme}://{address.netloc}")


@accounts.post("/passkeys/challenge")
@public
@limiter.limit("30/minute")
def create_challenge() -> BaseResponse:
    """The question for the browser: to add a passkey (``use`` = add) or to show one, of whoever has got how far."""
    account = _whoever()
    adds = request.form.get("use") == "add" and account is not None
    asked = Passkey.ask_to_add(account, site()) if adds and account else Passkey.ask(account, site())
    db.session.commit()
    return Response(asked, mimetype="application/json")


@accounts.post("/sessions/passkey")
@public
@limiter.limit("30/minute;300/hour")
def create_passkey_session() -> BaseResponse:
    """Sign in by a passkey alone: the device has verified the person."""
    form = PasskeyForm()
    account = Passkey.shown(form.credential.data or "", None, site()) if form.validate() else None
    if account is None:
        db.session.commit()
        say(gettext("通行密钥没有认出来，请再试一次，或用密码登录"))
        return redirect(url_for("owner.accounts.sign_in", next=signing_in.safe_next(form.next.data)), 303)
    answer = whole(account, form.next.data)
    db.session.commit()
    return answer


@accounts.post("/proof/passkey")
@requires(P.ACCOUNT_OWN)
@limiter.limit("30/minute")
def create_passkey_proof() -> BaseResponse:
    """Prove once more who one is, by a passkey."""
    form, account = PasskeyForm(), current_session().account
    target = signing_in.safe_next(form.next.data)
    if not form.validate() or Passkey.shown(form.credential.data or "", account, site()) is None:
        db.session.commit()
        say(gettext("通行密钥没有认出来，请再试一次，或换一种方式"))
        return redirect(url_for("owner.accounts.ask_proof", next=target), 303)
    answer = redirect(target or url_for("owner.accounts.show"), 303)
    signing_in.proved(answer)
    db.session.commit()
    return answer


def _whoever() -> Account | None:
    """Whoever has passed the first step, or is signed in; None at the door."""
    half = half_session()
    if half is not None:
        return half.account
    return current_session().account if current_user.is_authenticated else None
