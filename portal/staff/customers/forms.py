"""The forms about customers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length

from portal.web.forms import Form


class SearchForm(Form):
    """One field for everything; the model tells what it is."""

    text = StringField(
        _l("找谁"),
        [Length(max=80, message=_l("最多 80 个字"))],
        description=_l("姓名、拼音或首字母，手机号或最后四位，邮箱，证件号，房号"),
    )
