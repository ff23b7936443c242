"""The sign-in page, and sessions."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.extensions import limiter
from portal.models.accounts import Account, Grant, P
from portal.models.accounts.account import WrongCredentials
from portal.models.accounts.hashing import Busy
from portal.models.accounts.tries import TooSoon
from portal.models.base import db
from portal.models.property import Party, Relation, Tenure
from portal.owner.accounts import accounts
from portal.owner.accounts.arriving import arrive, start
from portal.owner.accounts.forms import CodeForm, SignInForm
from portal.owner.accounts.second_forms import PasskeyForm
from portal.web import devices, signing_in
from portal.web.forms import Form
from portal.web.guard import current_session, public, requires
from portal.web.waits import retry_after, too_soon_words


@accounts.get("/")
@public
def sign_in() -> Response | str:
    """The first page: sign in, or on to where a signed-in person belongs."""
    if current_user.is_authenticated:
        return redirect(start(current_session().account))
    by_code = request.args.get("way") != "password"
    form = (CodeForm if by_code else SignInForm)(formdata=None, next=request.args.get("next"))
    return sign_in_page(form, by_code=by_code)


@accounts.post("/sessions")
@public
@limiter.limit("120/minute;2000/hour", key_func=devices.source)
def create_session() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Sign in by phone and password. Many share one address in a mobile network, so what counts is in the tries."""
    form = SignInForm()
    if form.validate():
        try:
            account = signing_in.judged(form.phone.data or "", form.password.data or "")
        except (TooSoon, Busy) as error:
            form.form_errors.append(too_soon_words(error))
            return sign_in_page(form, by_code=False), 429, retry_after(error)
        except WrongCredentials as error:
            form.form_errors.append(gettext(error.message))
        else:
            answer = arrive(account, form.next.data)
            db.session.commit()
            return answer
    return sign_in_page(form, by_code=False), 422


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


def sign_in_page(form: SignInForm | CodeForm, *, by_code: bool, **more: Any) -> str:
    """The page of signing in, in one of its two ways, each with the passkey beside it."""
    passkey = PasskeyForm(formdata=None, next=form.next.data)
    return render_template("owner/accounts/sign_in.html", form=form, by_code=by_code, passkey=passkey, **more)


def _owns(party: Party, account: Account) -> bool:
    return party.person_id == account.person_id and party.relation == Relation.OWNER


def _grouped(phone: str) -> str:
    """+8613800138000 as 138 0013 8000; other numbers as they are."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}" if len(digits) == 11 and digits.isdecimal() else phone
