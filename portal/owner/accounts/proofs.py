"""Proving once more who one is, where being signed in is not enough."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.extensions import limiter
from portal.models.accounts import P, Passkey
from portal.models.accounts.code import Code, CodeFor, CodeRefused
from portal.models.accounts.proving import Way, proven, ways_of
from portal.models.accounts.tries import Tries
from portal.models.base import db
from portal.models.masking import mask_phone
from portal.owner.accounts import accounts
from portal.owner.accounts.forms import ProofForm
from portal.owner.accounts.second_forms import PasskeyForm
from portal.web import signing_in
from portal.web.forms import Form
from portal.web.guard import current_session, requires


@accounts.get("/proof")
@requires(P.ACCOUNT_OWN)
def ask_proof() -> str:
    """Ask for it, in one of the ways that the account has; ``next`` is where it goes on to."""
    ways = ways_of(current_session().account)
    form = ProofForm.of(ways, formdata=None, next=request.args.get("next"))
    return _page(form, ways)


@accounts.post("/proof")
@requires(P.ACCOUNT_OWN)
@limiter.limit("30/minute")
def create_proof() -> Response | tuple[str, int]:
    """Proven: a new token, and for five minutes everything that asks for it is open."""
    account = current_session().account
    ways = ways_of(account)
    form = ProofForm.of(ways)
    if form.validate():
        tries = Tries.at("proof", current_session().id.hex)
        tries.take()
        if proven(account, form.way.data, form.text.data or "", current_session().id.hex):
            tries.forget()
            target = signing_in.safe_next(form.next.data)
            if target is None:
                flash(gettext("身份已确认，5 分钟内有效。可以回到刚才那一页，再提交一次。"))
            answer = redirect(target or url_for("owner.accounts.show"), 303)
            signing_in.proved(answer)
            db.session.commit()
            return answer
        db.session.commit()  # a wrong code is counted
        form.text.errors = [*form.text.errors, gettext("不对，请核对后再试")]
    return _page(form, ways), 422


@accounts.post("/proof/code")
@requires(P.ACCOUNT_OWN)
@limiter.limit("30/minute")
def create_proof_code() -> Response:
    """Have a code sent to the account's own number, good in this session alone; then the page that asks for it."""
    phone, target = current_session().account.person.phone or "", signing_in.safe_next(request.form.get("next"))
    if Form().validate():
        try:
            Code.send(phone, CodeFor.PROOF, current_session().id.hex)
        except CodeRefused as refused:
            flash(gettext(refused.message, seconds=refused.seconds))
        else:
            db.session.commit()
            flash(gettext("验证码已发到 %(phone)s", phone=mask_phone(phone)))
    return redirect(url_for("owner.accounts.ask_proof", next=target), 303)


def _page(form: ProofForm, ways: list[Way]) -> str:
    held = bool(Passkey.of(current_session().account_id))
    passkey = PasskeyForm(formdata=None, next=form.next.data) if held else None
    return render_template("owner/accounts/proof.html", form=form, ways=ways, passkey=passkey)
