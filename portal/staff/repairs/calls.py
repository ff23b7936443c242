"""A call that is being written down: what the form says so far, what can be chosen next, what to tell the caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select

from portal.models.actor import Actor
from portal.models.base import db
from portal.models.errors import NotReached
from portal.models.masking import mask_name
from portal.models.property import Building, CommonPart, Development, Home, Tenure
from portal.models.repairs.reported import Place, Report
from portal.staff.repairs.forms import FiledReportForm
from portal.web.choices import Choice, half_days
from portal.web.erased import words
from portal.web.forms import options


@dataclass(frozen=True, slots=True)
class Call:
    """The form of a call, read. ``problem`` is what is wrong with the home that was typed, in words."""

    form: FiledReportForm
    development: Development
    home: Home | None
    tenure: Tenure | None
    choice: Choice
    problem: str

    @classmethod
    def of(cls, form: FiledReportForm, actor: Actor) -> Call:
        """Read the form as far as it goes; raises NotReached for a grant without a development."""
        development = db.session.get(Development, actor.development_id)
        if development is None:
            raise NotReached
        home = Home.of_code(development.id, form.home.data or "")
        tenure = Tenure.running(home.id) if home else None
        call = cls(form, development, home, tenure, Choice.of(form, tenure, development), _problem(form, home, tenure))
        call._offer()
        return call

    @property
    def has_told(self) -> bool:
        """Whether the page has shown the answer for this very defect, so that the caller can have been told."""
        return self.choice.answer is not None and self.form.seen.data == self.choice.answer.defect.code

    @property
    def asks_building(self) -> bool:
        """Whether the building must be asked for: a common part of a building, and no home that says which."""
        part = self.choice.place.common_part
        return part is not None and part != CommonPart.GROUNDS and self.tenure is None

    @property
    def place(self) -> Place:
        """Where it is, with the building that was chosen for a common part."""
        chosen = self.form.building.data if self.asks_building else None
        building = next((row for row in self._buildings() if str(row.id) == chosen), None)
        return replace(self.choice.place, building=building) if building else self.choice.place

    @property
    def reporter_id(self) -> UUID | None:
        """The person of the household it is filed for."""
        return UUID(self.form.reporter.data) if self.form.reporter.data else None

    @property
    def report(self) -> Report:
        """What was said."""
        form = self.form
        return Report(
            words=form.words.data or "",
            preferred=tuple(form.preferred.data or ()),
            call_first=form.call_first.data,
            caller_name=form.caller_name.data or "",
            caller_phone=form.caller_phone.data or "",
        )

    def complain(self) -> bool:
        """Whether something is missing for an answer, or the home is wrong; what it is goes into the form's errors."""
        if self.problem:
            self.form.home.errors = [self.problem]
        return bool(self.problem) or self.choice.complain(self.form)

    def _offer(self) -> None:
        """Fill in what can be chosen, and choose the first party of a home that has just been named."""
        form, parties = self.form, self.tenure.parties if self.tenure else []
        people = {str(party.person_id): mask_name(party.person.name or "") or words() for party in parties}
        form.reporter.choices = options([*people.items(), ("", gettext("其他人"))])
        if not form.reporter.raw_data or form.reporter.data not in ("", *people):
            form.reporter.data = next(iter(people), "")
        form.building.choices = options(
            [("", gettext("不清楚")), *((str(row.id), row.label) for row in self._buildings())]
        )
        form.preferred.choices = options(half_days())
        if self.problem:
            form.home.errors = [self.problem]

    def _buildings(self) -> Sequence[Building]:
        found = select(Building).where(Building.development_id == self.development.id)
        return db.session.scalars(found.order_by(Building.label)).all()


def _problem(form: FiledReportForm, home: Home | None, tenure: Tenure | None) -> str:
    if form.home.data and home is None:
        return gettext("没有找到这个房号，请写成 楼-单元-房号")
    if home is not None and tenure is None:
        return gettext("这套房还没有登记业主")
    return ""
