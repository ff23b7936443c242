"""The forms of an owner's repair."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from portal.models.repairs.confirmable import REASON_WORDS
from portal.models.repairs.withdrawable import WITHDRAW_WORDS
from portal.web.forms import Form, IdField, VersionedForm, options, tick_boxes, worded

SCORES = options((str(score), str(score)) for score in range(1, 6))


class ReportForm(Form):
    """Where, what, words, photos, times. ``seen`` is the defect whose promise and verdict the page has shown.

    ``offered`` names the groups of options that the page had: nobody is blamed for what they could not choose yet.
    """

    tenure = IdField()
    place = HiddenField()
    building = IdField()
    category = HiddenField()
    defect = HiddenField()
    seen = HiddenField()
    offered = HiddenField()
    words = TextAreaField(
        _l("情况说明"),
        [InputRequired(_l("请说说是什么情况")), Length(max=2000, message=_l("最多 2000 字，现在太长了"))],
        description=_l("什么时候开始、什么情况下出现"),
    )
    photos = MultipleFileField(_l("照片"))
    preferred = tick_boxes(_l("方便的时间"))
    call_first = BooleanField(_l("上门前先打电话"), default=True)


class AcceptForm(VersionedForm):
    """Fixed: three scores, words, and a signature, drawn or typed."""

    quality = RadioField(_l("维修质量"), [InputRequired(_l("请给维修质量打分"))], choices=SCORES)
    speed = RadioField(_l("速度"), [InputRequired(_l("请给速度打分"))], choices=SCORES)
    manner = RadioField(_l("服务态度"), [InputRequired(_l("请给服务态度打分"))], choices=SCORES)
    comment = TextAreaField(_l("想说的话"), [Length(max=2000, message=_l("最多 2000 字"))])
    signature_path = HiddenField()
    signature_name = StringField(_l("输入姓名"), [Length(max=40, message=_l("最多 40 个字"))])


class RejectForm(VersionedForm):
    """Still wrong: reasons, words, photos."""

    reasons = tick_boxes(_l("哪里不对"), choices=worded(REASON_WORDS))
    words = TextAreaField(
        _l("具体说说"), [InputRequired(_l("请说一下哪里不对")), Length(max=2000, message=_l("最多 2000 字"))]
    )
    photos = MultipleFileField(_l("照片"))


class WithdrawForm(VersionedForm):
    """Why the report is taken back."""

    reason = RadioField(_l("撤销的原因"), [InputRequired(_l("请选择撤销的原因"))], choices=worded(WITHDRAW_WORDS))


class MessageForm(Form):
    """A message to the technician and the desk."""

    text = TextAreaField(
        _l("写消息"), [InputRequired(_l("写点内容再发送")), Length(max=2000, message=_l("最多 2000 字，请分几条发"))]
    )
