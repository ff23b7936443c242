"""The second step of signing in: the app's code, a passkey or a recovery code; and setting one up, for new staff."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from portal.extensions import limiter
from portal.models.accounts import Account, Passkey, Totp, has_factor
from portal.models.accounts.factors import missed, passes
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.errors import Denied, NotReached, Refused
from portal.models.property.signed_in import SignedIn
from portal.owner.accounts import accounts
from portal.owner.accounts.arriving import start
from portal.owner.accounts.drawings import drawn
from portal.owner.accounts.passkeys import site
from portal.owner.accounts.second_forms import CodeForm, NewPasskeyForm, PasskeyForm, RecoveryForm
from portal.web import signing_in
from portal.web.guard import half_way
from portal.web.signing_in import SignInNeeded, half_session

LIMIT = "30/minute;300/hour"


@accounts.get("/second-step")
@half_way
def second_step() -> BaseResponse | str:
    """Ask for it; whoever has no factor yet sets one up before anything else."""
    account, target = _half().account, request.args.get("next")
    if not has_factor(account.id):
        return redirect(url_for("owner.accounts.set_up", next=signing_in.safe_next(target)), 303)
    return _page(account, CodeForm(formdata=None, next=target), RecoveryForm(formdata=None, next=target))


@accounts.post("/second-step")
@half_way
@limiter.limit(LIMIT)
def take_second_step() -> BaseResponse | tuple[str, int]:
    """By a code of the app or a recovery code; the fifth wrong one ends the half session."""
    form = RecoveryForm() if request.form.get("way") == "recovery" else CodeForm()
    account = _half().account
    if form.validate():
        if passes(account, form.way.data or "", form.code.data or ""):
            return _done(account, form.next.data)
        form.code.errors = [*form.code.errors, _missed()]
        if half_session() is None:
            return _over()
    other: CodeForm | RecoveryForm = (
        CodeForm(formdata=None) if isinstance(form, RecoveryForm) else RecoveryForm(formdata=None)
    )
    other.next.data = form.next.data
    code, recovery = (other, form) if isinstance(form, RecoveryForm) else (form, other)
    return _page(account, code, recovery), 422


@accounts.post("/second-step/passkey")
@half_way
@limiter.limit(LIMIT)
def take_passkey() -> BaseResponse:
    """By a passkey of the account."""
    form, account = PasskeyForm(), _half().account
    if form.validate() and Passkey.shown(form.credential.data or "", account, site()) is not None:
        return _done(account, form.next.data)
    flash(_missed())
    if half_session() is None:
        return _over()
    return redirect(url_for("owner.accounts.second_step", next=signing_in.safe_next(form.next.data)), 303)


@accounts.get("/second-step/set-up")
@half_way
def set_up() -> str:
    """The drawing for the app, its secret to type, and the other way: a passkey."""
    account, target = _newcomer(), request.args.get("next")
    return _set_up_page(account, CodeForm(formdata=None, next=target), NewPasskeyForm(formdata=None, next=target))


@accounts.get("/second-step/set-up/drawing.svg")
@half_way
def set_up_drawing() -> BaseResponse:
    """What the app reads: never kept by a browser, and only while the secret waits for its first code."""
    return drawn(_newcomer().id)


@accounts.post("/second-step/set-up")
@half_way
@limiter.limit(LIMIT)
def confirm_set_up() -> BaseResponse | tuple[str, int]:
    """The first code of the app shows that it has the secret; the session is whole, and the recovery codes come."""
    form, account = CodeForm(), _newcomer()
    if form.validate():
        try:
            _waiting(account).confirm(form.code.data or "", by=_by(account))
        except Refused as refused:
            form.take(refused)
        else:
            return _set(account, form.next.data)
    return _set_up_page(account, form, NewPasskeyForm(formdata=None, next=form.next.data)), 422


@accounts.post("/second-step/set-up/passkey")
@half_way
@limiter.limit(LIMIT)
def set_up_passkey() -> BaseResponse | tuple[str, int]:
    """A passkey instead of the app."""
    form, account = NewPasskeyForm(), _newcomer()
    if form.validate():
        try:
            Passkey.add(account, form.credential.data or "", form.label.data or "", site(), by=_by(account))
        except Refused as refused:
            form.take(refused)
        else:
            return _set(account, form.next.data)
    db.session.commit()  # the question is used up
    return _set_up_page(account, CodeForm(formdata=None, next=form.next.data), form), 422


def _half() -> SignedIn:
    found = half_session()
    if found is None:
        raise SignInNeeded
    return found


def _newcomer() -> Account:
    """Whoever has a factor already shows that one: nobody who knows only the password adds another."""
    account = _half().account
    if has_factor(account.id):
        raise Denied
    return account


def _by(account: Account) -> Actor:
    return Actor(person_id=account.person_id, account_id=account.id)


def _missed() -> str:
    left = missed(_half().session)
    db.session.commit()
    return gettext("验证码不对，还可以试 %(left)s 次", left=left)


def _over() -> BaseResponse:
    answer = redirect(url_for("owner.accounts.sign_in"), 303)
    signing_in.end(answer)
    flash(gettext("试错 5 次，请重新登录"))
    return answer


def _done(account: Account, target: str | None) -> BaseResponse:
    answer = redirect(signing_in.safe_next(target) or start(account), 303)
    signing_in.complete(answer)
    db.session.commit()
    return answer


def _set(account: Account, target: str | None) -> BaseResponse:
    wanted = signing_in.safe_next(target) or start(account)
    answer = redirect(url_for("owner.accounts.recovery_codes", next=wanted), 303)
    signing_in.complete(answer)
    db.session.commit()
    return answer


def _page(account: Account, code: CodeForm | RecoveryForm, recovery: CodeForm | RecoveryForm) -> str:
    totp = Totp.of(account.id)
    return render_template(
        "owner/accounts/second_step.html",
        form=code,
        recovery=recovery,
        passkey=PasskeyForm(formdata=None, next=code.next.data) if Passkey.of(account.id) else None,
        has_app=totp is not None,
        told=totp.now() if totp is not None and current_app.config["DEMO"] else "",
    )


def _waiting(account: Account) -> Totp:
    found = Totp.waiting(account.id)
    if found is None:
        raise NotReached
    return found


def _set_up_page(account: Account, form: CodeForm, passkey: NewPasskeyForm) -> str:
    totp = _waiting(account)
    return render_template(
        "owner/accounts/set_up.html",
        form=form,
        passkey=passkey,
        secret=totp.secret,
        drawing=url_for("owner.accounts.set_up_drawing"),
        told=totp.now() if current_app.config["DEMO"] else "",
    )
