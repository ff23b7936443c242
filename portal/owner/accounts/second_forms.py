"""The forms of second factors."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from portal.web.forms import Form

ANSWER = 8000  # letters; what a browser says about a passkey has about a thousand


class CodeForm(Form):
    """The six digits of the app, or a recovery code: ``way`` says which."""

    way = HiddenField(default="totp")
    code = StringField(_l("动态码"), [InputRequired(_l("填写动态码")), Length(max=64, message=_l("最多 64 个字符"))])
    next = HiddenField()


class RecoveryForm(Form):
    """One recovery code."""

    way = HiddenField(default="recovery")
    code = StringField(
        _l("恢复码"),
        [InputRequired(_l("填写恢复码")), Length(max=64, message=_l("最多 64 个字符"))],
        id="recovery-code",
        description=_l("纸上的 16 个字母和数字，每个只能用一次"),
    )
    next = HiddenField()


class PasskeyForm(Form):
    """What the browser says about a passkey; a script fills it in."""

    credential = HiddenField(validators=[InputRequired(_l("这次没有完成，请再试一次")), Length(max=ANSWER)])
    next = HiddenField()


class NewPasskeyForm(PasskeyForm):
    """A passkey to keep, and what the person calls it."""

    label = StringField(
        _l("给它起个名字"),
        [Length(max=40, message=_l("名称最多 40 个字"))],
        description=_l("比如：我的手机、办公室电脑。只有您自己看得到"),
    )
