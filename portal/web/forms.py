"""Fields and form parts that both faces use. A form judges the shape; the model judges the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget

from portal.models.accounts.person import e164
from portal.models.errors import Refused


class Form(FlaskForm):
    """Every form: a CSRF token, and an idempotency key that makes a double click one."""

    once = HiddenField(default=lambda: str(uuid4()))

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

    @property
    def made_from(self) -> int:
        """The version the form was made from; -1, which never matches, for nonsense."""
        text = self.version.data or ""
        return int(text) if text.isdigit() and len(text) < 10 else -1


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
