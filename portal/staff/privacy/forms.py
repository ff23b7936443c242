"""The forms of a request for erasure."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.models.privacy.holds import BY_HAND
from portal.models.privacy.states import REFUSAL_WORDS, STAFF_METHODS
from portal.web.forms import Form, PhoneField, VersionedForm, worded

LONG = Length(max=1000, message=_l("最多 1000 字"))


class FilingForm(Form):
    """For somebody who came or called."""

    phone = PhoneField(_l("登记的手机号"), [InputRequired(_l("填写手机号"))])
    reason = TextAreaField(_l("原因"), [LONG])


class StepForm(VersionedForm):
    """A step that needs nothing said."""


class IdentityForm(VersionedForm):
    """How it was made sure who asks."""

    method = SelectField(_l("怎样核对的"), [InputRequired(_l("请选择怎样核对的"))], choices=worded(STAFF_METHODS))


class RefusalForm(VersionedForm):
    """Why not; the person reads the words."""

    reason = SelectField(_l("理由"), [InputRequired(_l("请选择理由"))], choices=worded(REFUSAL_WORDS))
    words = TextAreaField(_l("说明"), [InputRequired(_l("写明理由，申请人会看到（1000 字以内）")), LONG])


class HoldForm(Form):
    """A reason that the data does not show."""

    kind = SelectField(_l("保留的理由"), [InputRequired(_l("请选择保留的理由"))], choices=worded(BY_HAND))
    basis = TextAreaField(_l("依据"), [InputRequired(_l("写明依据（1000 字以内）")), LONG])
