"""The forms of the staff's accounts."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal.models.accounts.permissions import ROLE_WORDS, Role
from portal.web.forms import Form, PhoneField, options

HERE = ZoneInfo("Asia/Shanghai")


class RoleForm(Form):
    """A role, and its last day."""

    role = SelectField(_l("岗位"))
    until = DateField(_l("最后一天"), [Optional()], description=_l("不填就一直有效"))

    @classmethod
    def of(cls, roles: tuple[Role, ...], **values: Any) -> Any:
        """The form that offers these roles."""
        form = cls(**values)
        form.role.choices = options((role.value, gettext(ROLE_WORDS[role])) for role in roles)
        return form

    @property
    def ends(self) -> datetime | None:
        """The end of the last day, in UTC; None without one."""
        day = self.until.data
        return datetime.combine(day + timedelta(days=1), time(), HERE).astimezone(UTC) if day else None


class InvitationForm(RoleForm):
    """Somebody new."""

    name = StringField(_l("姓名"), [InputRequired(_l("填写姓名")), Length(max=60, message=_l("最多 60 个字"))])
    phone = PhoneField(_l("手机号"), [InputRequired(_l("填写手机号"))])
    badge = StringField(_l("工号"), [Length(max=16, message=_l("最多 16 个字符"))])


class LeavingForm(Form):
    """Who takes over what is open."""

    hand_over_to = SelectField(_l("工作交给谁"), default="")

    @classmethod
    def of(cls, others: list[tuple[str, str]], **values: Any) -> LeavingForm:
        """The form that offers these grants, by id and name."""
        form = cls(**values)
        form.hand_over_to.choices = options([("", gettext("没有要交接的")), *others])
        return form

    @property
    def taker(self) -> UUID | None:
        """The grant chosen."""
        return UUID(self.hand_over_to.data) if self.hand_over_to.data else None
