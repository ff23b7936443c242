"""The forms of signing in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from portal.web.forms import Form, PhoneField


class SignInForm(Form):
    """Phone and password."""

    phone = PhoneField(_l("手机号"), [InputRequired(_l("填写手机号"))], description=_l("购房合同上登记的号码"))
    password = PasswordField(_l("密码"), [InputRequired(_l("填写密码")), Length(max=200, message=_l("最多 200 位"))])
    next = HiddenField()


class PasswordForm(Form):
    """A new password, twice."""

    password = PasswordField(
        _l("新密码"), [InputRequired(_l("填写新密码")), Length(max=200, message=_l("最多 200 位"))]
    )
    repeated = PasswordField(_l("再输一次"), [EqualTo("password", _l("两次输入不一样"))])
