"""Fields and form parts that both faces use. A form judges the shape; the model judges the truth."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID, uuid4

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget

from portal.models.accounts.person import e164
from portal.models.errors import Refused


class Form(FlaskForm):
    """Every form: a CSRF token, and an idempotency key that makes a double click one."""

    once = HiddenField(default=lambda: str(uuid4()))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        if not args and "formdata" not in values and self.is_submitted():
            g.sent_form = self

    @classmethod
    def called(cls) -> str:
        """What templates call it: ``SendBackForm`` is ``send_back_form``."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @property
    def texts(self) -> list[str]:
        """What somebody has written into it."""
        return [field.data for field in self if isinstance(field, TextAreaField) and field.data]

    def take(self, refused: Refused) -> None:
        """Put a model's refusal next to the field it is about, translated."""
        field = self._fields.get(refused.field or "")
        if field is None:
            self.form_errors.append(gettext(refused.message))
        else:
            field.errors = [*field.errors, gettext(refused.message)]

    def again(self) -> None:
        """Give the form a new idempotency key: the old one has been used up or refused."""
        self.once.data = str(uuid4())


class VersionedForm(Form):
    """A form made from a row as it was: ``version`` is the row's count of steps then."""

    version = HiddenField()

    def remade(self, version: int) -> None:
        """The page shows the row as it is at ``version``: what is sent again was made from that."""
        self.version.data = str(version)

    @property
    def made_from(self) -> int:
        """The version the form was made from; -1, which never matches, for nonsense."""
        text = self.version.data or ""
        return int(text) if text.isdigit() and len(text) < 10 else -1


def returned(values: dict[str, Any], version: int) -> dict[str, Any]:
    """The forms that come back to the page of a row, as they were filled in, and ``sent``, the one sent in vain."""
    forms = {name: form for name, form in values.items() if isinstance(form, Form)}
    for form in forms.values():
        if isinstance(form, VersionedForm):
            form.remade(version)
    return forms


class PhoneField(StringField):
    """A telephone number in any usual spelling; the data is as typed, the vault normalises."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what cannot be a number."""
        if self.data and e164(self.data) is None:
            raise ValidationError(_l("填写 11 位手机号，或带区号的号码"))


class IdField(HiddenField):
    """A UUID in a hidden field or a choice; None for nonsense."""

    @property
    def uuid(self) -> UUID | None:
        """The value as a UUID."""
        try:
            return UUID(self.data) if self.data else None
        except ValueError:
            return None


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Choices of a field: value and label."""
    return [SelectChoice(value, label) for value, label in pairs]


def worded(words: dict[str, str]) -> Callable[[], list[SelectChoice]]:
    """Choices from a table of source texts, translated when the form is made."""
    return lambda: options((value, gettext(text)) for value, text in words.items())


class SeveralField(SelectMultipleField):
    """Several of several, refused in our own words: those of the library are not said in Chinese and name the codes."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not offered, or no longer: a form stays open past midnight and its half-days are others."""
        offered = {value for value, *_ in self.iter_choices()}
        if not offered.issuperset(self.data or ()):
            raise ValidationError(_l("请从列出的里选"))


def tick_boxes(label: Any, choices: Callable[[], list[SelectChoice]] | None = None) -> SeveralField:
    """Several of several: checkboxes; the view sets ``choices`` where they depend on the row."""
    return SeveralField(
        label, choices=choices or [], option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
