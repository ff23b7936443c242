"""Signing in by a code that is sent to the telephone."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from portal.extensions import limiter
from portal.models.accounts.code import PAUSE, Code, CodeFor, CodeRefused, Try, wait_of
from portal.models.accounts.person import e164
from portal.models.base import db
from portal.models.masking import mask_phone
from portal.owner.accounts import accounts
from portal.owner.accounts.arriving import arrive
from portal.owner.accounts.forms import CodeForm
from portal.owner.accounts.sessions import sign_in_page
from portal.web.askers import asker
from portal.web.guard import public

Page = tuple[str, int]


@accounts.post("/codes")
@public
@limiter.limit("30/minute;300/hour")
def create_code() -> Page:
    """Have a code sent; the same words and the same time whether anybody has the number."""
    form = CodeForm()
    if not form.phone.validate(form):
        return _page(form, 422)
    try:
        Code.send(form.phone.data or "", CodeFor.SIGN_IN, asker())
    except CodeRefused as refused:
        db.session.rollback()
        form.phone.errors = [*form.phone.errors, gettext(refused.message, seconds=refused.seconds)]
        return _page(form, 429, wait=refused.seconds)
    db.session.commit()
    return _page(form, 200, sent=mask_phone(e164(form.phone.data or "")), wait=int(PAUSE.total_seconds()))


@accounts.post("/sessions/code")
@public
@limiter.limit("30/minute;300/hour")
def create_session_by_code() -> Response | Page:
    """Sign in by phone and code; a wrong one says how often it may still be tried."""
    form = CodeForm()
    if not form.validate():
        return _page(form, 422, wait=wait_of(form.phone.data or ""))
    tried = Code.take(form.code.data or "", CodeFor.SIGN_IN, asker(), form.phone.data or "")
    if tried.account is not None:
        answer = arrive(tried.account, form.next.data)
        db.session.commit()
        return answer
    db.session.commit()  # a try counts
    form.code.errors = [*form.code.errors, _words(tried)]
    return _page(form, 422, wait=wait_of(form.phone.data or ""))


def _words(tried: Try) -> str:
    if not tried.left:
        return gettext("这个验证码用不了了，请重新获取")
    return ngettext(
        "验证码不对，请核对短信里的 6 位数字，还可以试 %(num)s 次",
        "验证码不对，请核对短信里的 6 位数字，还可以试 %(num)s 次",
        tried.left,
    )


def _page(form: CodeForm, status: int, **shown: Any) -> Page:
    form.again()
    return sign_in_page(form, by_code=True, **shown), status
