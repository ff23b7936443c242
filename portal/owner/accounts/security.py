"""The security of one's own account: its second factors, and the recovery codes."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.extensions import limiter
from portal.models.accounts import Grant, P, Passkey, RecoveryCode, Totp, has_factor
from portal.models.accounts.factors import remove
from portal.models.base import db
from portal.models.errors import NotReached, Refused
from portal.owner.accounts import accounts
from portal.owner.accounts.drawings import drawn
from portal.owner.accounts.passkeys import site
from portal.owner.accounts.second_forms import CodeForm, NewPasskeyForm
from portal.web import signing_in
from portal.web.forms import Form
from portal.web.guard import current_actor, current_session, requires


@accounts.get("/account/security")
@requires(P.ACCOUNT_OWN)
def security() -> str:
    """What signs one in besides the password."""
    return _page(NewPasskeyForm(formdata=None))


@accounts.get("/account/security/app")
@requires(P.ACCOUNT_OWN, fresh=True)
def new_app() -> str:
    """The drawing and the secret for the app, while it waits for its first code."""
    return _app_page(CodeForm(formdata=None))


@accounts.post("/account/security/app/secret")
@requires(P.ACCOUNT_OWN, fresh=True)
@limiter.limit("10/minute")
def create_secret() -> Response:
    """A new secret for an app; the one that counts goes on counting until the first code of this one."""
    Totp.begin(current_session().account)
    db.session.commit()
    return redirect(url_for("owner.accounts.new_app"), 303)


@accounts.get("/account/security/app/drawing.svg")
@requires(P.ACCOUNT_OWN, fresh=True)
def app_drawing() -> Response:
    """What the app reads, while the secret waits for its first code."""
    return drawn(current_session().account_id)


@accounts.post("/account/security/app")
@requires(P.ACCOUNT_OWN, fresh=True, form=CodeForm)
@limiter.limit("30/minute")
def create_app() -> Response | tuple[str, int]:
    """The first code: the app counts from now on, instead of the one before."""
    form, account = CodeForm(), current_session().account
    first = not has_factor(account.id)
    if form.validate():
        try:
            _waiting().confirm(form.code.data or "", by=current_actor())
        except Refused as refused:
            form.take(refused)
        else:
            return _added(first)
    return _app_page(form), 422


@accounts.post("/account/security/passkeys")
@requires(P.ACCOUNT_OWN, fresh=True, form=NewPasskeyForm)
@limiter.limit("30/minute")
def create_passkey() -> Response | tuple[str, int]:
    """One more passkey."""
    form, account = NewPasskeyForm(), current_session().account
    first = not has_factor(account.id)
    if form.validate():
        try:
            Passkey.add(account, form.credential.data or "", form.label.data or "", site(), by=current_actor())
        except Refused as refused:
            form.take(refused)
        else:
            return _added(first)
    db.session.commit()
    return _page(form), 422


@accounts.post("/account/security/<uuid:factor_id>/removal")
@requires(P.ACCOUNT_OWN, fresh=True)
def remove_factor(factor_id: UUID) -> Response | tuple[str, int]:
    """Take one away; the last one of somebody of the staff stays."""
    form = Form()
    try:
        remove(current_session().account, factor_id, by=current_actor())
    except Refused as refused:
        db.session.rollback()
        form.take(refused)
        return _page(NewPasskeyForm(formdata=None), form), 422
    db.session.commit()
    flash(gettext("已移除"))
    return redirect(url_for("owner.accounts.security"), 303)


@accounts.get("/account/security/recovery-codes")
@requires(P.ACCOUNT_OWN)
def recovery_codes() -> str:
    """What they are for; the codes themselves are shown once, when they are made."""
    return _codes_page([], request.args.get("next"))


@accounts.post("/account/security/recovery-codes")
@requires(P.ACCOUNT_OWN, fresh=True)
@limiter.limit("10/minute")
def create_recovery_codes() -> tuple[str, int]:
    """Ten new ones, on this page and never again; the earlier ones work no more.

    Not a redirect: the codes are kept nowhere that another page could read them from.
    """
    account = current_session().account
    codes = RecoveryCode.renew(account, by=current_actor()) if has_factor(account.id) else []
    db.session.commit()
    return _codes_page(codes, request.form.get("next")), 201


def _added(first: bool) -> Response:
    """The first factor brings the recovery codes."""
    db.session.commit()
    flash(gettext("已添加"))
    return redirect(url_for("owner.accounts.recovery_codes" if first else "owner.accounts.security"), 303)


def _page(new: NewPasskeyForm, removal: Form | None = None) -> str:
    account = current_session().account
    return render_template(
        "owner/accounts/security.html",
        app=Totp.of(account.id),
        passkeys=Passkey.of(account.id),
        left=RecoveryCode.left(account.id),
        staff=bool(Grant.of_account(account.id)),
        new=new,
        form=removal or Form(formdata=None),
    )


def _waiting() -> Totp:
    found = Totp.waiting(current_session().account_id)
    if found is None:
        raise NotReached
    return found


def _app_page(form: CodeForm) -> str:
    totp = _waiting()
    return render_template(
        "owner/accounts/app.html",
        form=form,
        secret=totp.secret,
        drawing=url_for("owner.accounts.app_drawing"),
        told=totp.now() if current_app.config["DEMO"] else "",
    )


def _codes_page(codes: list[str], target: str | None) -> str:
    account = current_session().account
    return render_template(
        "owner/accounts/recovery_codes.html",
        codes=codes,
        left=RecoveryCode.left(account.id),
        next=signing_in.safe_next(target) or url_for("owner.accounts.security"),
        offered=has_factor(account.id),
        form=Form(formdata=None),
    )
