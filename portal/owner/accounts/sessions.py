"""The sign-in page, and sessions."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.extensions import limiter
from portal.models.accounts import Account, Grant, P
from portal.models.accounts.account import WrongCredentials
from portal.models.base import db
from portal.models.property import Party, Relation, Tenure
from portal.owner.accounts import accounts
from portal.owner.accounts.forms import CodeForm, SignInForm
from portal.web import signing_in
from portal.web.forms import Form
from portal.web.guard import current_session, public, requires


@accounts.get("/")
@public
def sign_in() -> Response | str:
    """The first page: sign in, or on to where a signed-in person belongs."""
    if current_user.is_authenticated:
        return redirect(_start(current_session().account))
    by_code = request.args.get("way") != "password"
    form = (CodeForm if by_code else SignInForm)(formdata=None, next=request.args.get("next"))
    return render_template("owner/accounts/sign_in.html", form=form, by_code=by_code)


@accounts.post("/sessions")
@public
@limiter.limit("30/minute;300/hour")
def create_session() -> Response | tuple[str, int]:
    """Sign in by phone and password."""
    form = SignInForm()
    if form.validate():
        try:
            account = Account.signing_in(form.phone.data or "", form.password.data or "")
        except WrongCredentials as error:
            form.form_errors.append(gettext(error.message))
        else:
            return signed_in(account, form.next.data)
    return render_template("owner/accounts/sign_in.html", form=form, by_code=False), 422


def signed_in(account: Account, target: str | None) -> Response:
    """The first step is passed, by whatever way: a session begins, and it goes on to where it was asked for."""
    answer = redirect(signing_in.safe_next(target) or _start(account), 303)
    signing_in.begin(account, answer)
    db.session.commit()
    return answer


@accounts.post("/sessions/end")
@requires(P.ACCOUNT_OWN, before_notice=True)
def end_session() -> Response:
    """Sign out: the session ends at the server."""
    current_session().session.end()
    db.session.commit()
    answer = redirect(url_for("owner.accounts.sign_in"), 303)
    signing_in.end(answer)
    return answer


@accounts.get("/account")
@requires(P.ACCOUNT_OWN)
def show() -> str:
    """My account: who I am here, and the way out."""
    account = current_session().account
    tenures = Tenure.of_person(account.person_id)
    return render_template(
        "owner/accounts/show.html",
        person=account.person,
        phone=_grouped(account.person.phone or ""),
        tenures=tenures,
        owned={party.tenure_id for tenure in tenures for party in tenure.parties if _owns(party, account)},
        form=Form(),
        staff=Grant.of_account(account.id),
    )


def _owns(party: Party, account: Account) -> bool:
    return party.person_id == account.person_id and party.relation == Relation.OWNER


def _start(account: Account) -> str:
    """Owners begin at their home, staff at the queue; somebody who is both at the home."""
    if Tenure.of_person(account.person_id):
        return url_for("owner.homes.show")
    if Grant.of_account(account.id):
        return url_for("staff.repairs.queue.index")
    return url_for("owner.accounts.show")


def _grouped(phone: str) -> str:
    """+8613800138000 as 138 0013 8000; other numbers as they are."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}" if len(digits) == 11 and digits.isdecimal() else phone
