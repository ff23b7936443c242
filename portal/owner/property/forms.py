"""The forms of a household."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from portal.models.property.rights import RIGHT_WORDS, Right
from portal.web.forms import Form, PhoneField, tick_boxes, worded

RIGHTS = worded({str(int(right)): words for right, words in RIGHT_WORDS.items()})


class RightsForm(Form):
    """What a member may do; seeing is not asked, everybody has it."""

    rights = tick_boxes(_l("可以做什么"), RIGHTS)

    @property
    def chosen(self) -> int:
        """The ticked rights as one number, seeing included."""
        return int(Right.SEE) + sum(int(value) for value in self.rights.data or ())


class InviteForm(RightsForm):
    """Whom the owner invites."""

    name = StringField(_l("姓名"), [InputRequired(_l("填写姓名")), Length(max=40, message=_l("最多 40 个字"))])
    phone = PhoneField(_l("手机号"), [InputRequired(_l("填写手机号"))], description=_l("邀请码发到这个号码"))
