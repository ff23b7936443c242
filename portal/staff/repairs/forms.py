"""The forms of the workbench."""

from __future__ import annotations

from datetime import datetime, time

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.clock import SHANGHAI
from portal.models.customers import LOOK_WORDS
from portal.web.forms import Form, PhoneField, VersionedForm, options, tick_boxes, worded

LONG = Length(max=2000, message=_l("最多 2000 字"))
HALF_HOURS = [f"{hour:02d}:{minute:02d}" for hour in range(7, 22) for minute in (0, 30)]


class StepForm(VersionedForm):
    """A step that needs nothing said."""


class AssignmentForm(VersionedForm):
    """Who comes, on which day, between when and when (Shanghai)."""

    technician = SelectField(_l("师傅"), [InputRequired(_l("请选择师傅"))])
    day = DateField(_l("上门日期"), [InputRequired(_l("请选择日期"))])
    start = SelectField(_l("从"), choices=options((text, text) for text in HALF_HOURS), default="09:00")
    end = SelectField(_l("到"), choices=options((text, text) for text in HALF_HOURS), default="11:00")

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The window as two aware moments."""
        return self._moment(self.start.data), self._moment(self.end.data)

    def _moment(self, text: str) -> datetime:
        at = time.fromisoformat(text)
        assert self.day.data is not None  # asked for after validation only
        return datetime.combine(self.day.data, at, SHANGHAI)


class WorkForm(VersionedForm):
    """What was done so far, or in the end, with photos."""

    words = TextAreaField(_l("进展"), [LONG])
    photos = MultipleFileField(_l("照片"))


class SendBackForm(VersionedForm):
    """What has to be done again; the owner does not see it."""

    words = TextAreaField(_l("哪里要重做"), [InputRequired(_l("写明哪里要重做")), LONG])


class MessageForm(Form):
    """A message, to the owner too or to colleagues only."""

    text = TextAreaField(_l("写消息"), [InputRequired(_l("写点内容再发送")), LONG])
    owner_sees = BooleanField(_l("业主可见"))


class RevealForm(Form):
    """Why the plain value is needed."""

    reason = SelectField(_l("原因"), [InputRequired(_l("请选择查看的原因"))], choices=worded(LOOK_WORDS))


class FiledReportForm(Form):
    """The same report as the owner's, for somebody who calls: no photos, and a building for a common part."""

    home = StringField(
        _l("房号"),
        [Length(max=40, message=_l("最多 40 个字"))],
        description=_l("楼-单元-房号，如 3-2-1202；公共部位可不填"),
    )
    place = HiddenField()
    building = SelectField(_l("楼栋"), [Optional()], choices=[])
    category = HiddenField()
    defect = HiddenField()
    seen = HiddenField()
    reporter = SelectField(_l("为谁登记"), [Optional()], choices=[])
    caller_name = StringField(
        _l("来电人"), [InputRequired(_l("请填写来电人")), Length(max=40, message=_l("最多 40 个字"))]
    )
    caller_phone = PhoneField(_l("来电号码"), [Optional(), Length(max=30, message=_l("最多 30 位"))])
    words = TextAreaField(_l("情况说明"), [InputRequired(_l("请说说是什么情况")), LONG])
    preferred = tick_boxes(_l("方便的时间"))
    call_first = BooleanField(_l("上门前先打电话"), default=True)
