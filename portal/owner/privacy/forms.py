"""The forms of a person's own data."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.web.forms import Form, VersionedForm


class ErasureForm(Form):
    """To be forgotten: the password once more, and a tick that the consequences were read."""

    reason = TextAreaField(_l("原因"), [Length(max=1000, message=_l("最多 1000 字"))])
    understood = BooleanField(_l("我明白删除以后找不回来"), [InputRequired(_l("先看会删除什么、会留下什么，再打勾"))])
    password = PasswordField(
        _l("密码"), [Length(max=200, message=_l("最多 200 位"))], description=_l("再输一次，确认是您本人。")
    )


class WithdrawalForm(VersionedForm):
    """Taking the request back needs nothing said."""


class NoticeForm(Form):
    """That the notice was read: the version that was shown."""

    version = HiddenField()
    next = HiddenField()
