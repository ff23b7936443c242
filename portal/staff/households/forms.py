"""The form of an admission."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from portal.models.accounts.permissions import ROLE_WORDS
from portal.models.property import Relation
from portal.models.property.admitting import Admission
from portal.web.forms import Form, PhoneField, worded


class AdmissionForm(Form):
    """Home, person and relation as the contract has them; ``same`` is offered only where the number is known."""

    home = StringField(
        _l("房号"),
        [InputRequired(_l("填写房号")), Length(max=40, message=_l("最多 40 个字"))],
        description=_l("如 3-2-1202"),
    )
    name = StringField(_l("姓名"), [InputRequired(_l("填写姓名")), Length(max=40, message=_l("最多 40 个字"))])
    phone = PhoneField(
        _l("手机号"), [InputRequired(_l("填写手机号"))], description=_l("合同上的号码，用它取验证码登录")
    )
    email = StringField(_l("邮箱"), [Length(max=200, message=_l("最多 200 个字"))])
    relation = RadioField(
        _l("身份"), choices=worded({one: ROLE_WORDS[one] for one in Relation}), default=Relation.OWNER.value
    )
    since_on = DateField(_l("租期第一天"), [Optional()])
    until_on = DateField(_l("租期最后一天"), [Optional()])
    same = BooleanField(_l("核对过合同，是同一个人"))

    def validate_email(self, field: StringField) -> None:
        """One address, as far as a form can tell."""
        text = (field.data or "").strip()
        if text and (text.count("@") != 1 or text.startswith("@") or text.endswith("@") or any(map(str.isspace, text))):
            raise ValidationError(_l("填写一个邮箱，或不填"))

    @property
    def lease(self) -> tuple[date, date] | None:
        """The lease, where both days are given."""
        days: Any = (self.since_on.data, self.until_on.data)
        return days if all(days) else None

    def admission(self) -> Admission:
        """What was filled in, for the model."""
        return Admission(
            home=self.home.data or "",
            name=self.name.data or "",
            phone=self.phone.data or "",
            email=self.email.data or "",
            relation=Relation(self.relation.data),
            lease=self.lease,
            same=bool(self.same.data),
        )
