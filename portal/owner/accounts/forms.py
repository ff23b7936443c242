"""The forms of signing in."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, RadioField, StringField, ValidationError
from wtforms.validators import EqualTo, InputRequired, Length

from portal.models.accounts.code import DIGITS
from portal.models.accounts.proving import Way
from portal.web.forms import Form, PhoneField, options


class SignInForm(Form):
    """Phone and password."""

    phone = PhoneField(_l("手机号"), [InputRequired(_l("填写手机号"))], description=_l("购房合同上登记的号码"))
    password = PasswordField(_l("密码"), [InputRequired(_l("填写密码")), Length(max=200, message=_l("最多 200 位"))])
    next = HiddenField()


class CodeForm(Form):
    """Phone and the code that was sent to it."""

    phone = PhoneField(_l("手机号"), [InputRequired(_l("填写手机号"))], description=_l("购房合同上登记的号码"))
    code = StringField(_l("短信验证码"))
    next = HiddenField()

    def validate_code(self, field: StringField) -> None:
        """Six digits, in any width and with blanks between them; only where the form is sent to sign in."""
        field.data = "".join(unicodedata.normalize("NFKC", field.data or "").split())
        if not (len(field.data) == DIGITS and field.data.isdecimal()):
            raise ValidationError(_l("填写短信里的 6 位数字"))


class JoinForm(Form):
    """The number that was invited, and the code of the message."""

    phone = PhoneField(_l("手机号"), [InputRequired(_l("填写手机号"))], description=_l("收到邀请短信的号码"))
    code = StringField(_l("邀请码"), [InputRequired(_l("填写短信里的 8 位邀请码"))])


class ProofForm(Form):
    """One of the account's ways to prove who somebody is, and what is typed for it."""

    way = RadioField(_l("怎样确认"), [InputRequired(_l("选一种方式"))])
    text = PasswordField(_l("密码"), [InputRequired(_l("填写后再确认")), Length(max=200, message=_l("最多 200 位"))])
    next = HiddenField()

    @classmethod
    def of(cls, ways: Sequence[Way], **values: Any) -> ProofForm:
        """The form that offers these ways; the first is chosen, and the field is called what it asks for."""
        form = cls(**values)
        form.way.choices = options((way.name, gettext(way.label)) for way in ways)
        names = [way.name for way in ways]
        if form.way.data not in names and not form.is_submitted():
            form.way.data = names[0] if names else None
        one = len(ways) == 1
        form.text.label.text = gettext(ways[0].label) if one else gettext("密码或动态码")
        return form


class PasswordForm(Form):
    """A new password, twice."""

    password = PasswordField(
        _l("新密码"), [InputRequired(_l("填写新密码")), Length(max=200, message=_l("最多 200 位"))]
    )
    repeated = PasswordField(_l("再输一次"), [EqualTo("password", _l("两次输入不一样"))])
