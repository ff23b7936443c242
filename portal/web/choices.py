"""Where and what: the choices of a report, and the answer the portal gives before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from flask_babel import gettext

from portal import clock
from portal.models.catalogue import Category, Defect
from portal.models.catalogue import Place as PlaceKind
from portal.models.errors import NotReached, Refused
from portal.models.property import CommonPart, Development, Home, Space, Tenure
from portal.models.property.development import COMMON_PART_WORDS
from portal.models.repairs.reported import Answer, Place, answer_for
from portal.web.filters import day, weekday
from portal.web.i18n import said

HALF_DAYS_AHEAD = 4
SPACE, COMMON = "space", "common"


class ChoosingForm(Protocol):
    """What a form of either face carries: ``place`` is ``space.<code>`` or ``common.<part>``."""

    place: Any
    category: Any
    defect: Any
    form_errors: list[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """What has been chosen so far, what can be chosen next, and the answer once a defect is known."""

    home: Home | None
    place: Place
    place_code: str
    category_code: str
    categories: Sequence[Category]
    defects: Sequence[Defect]
    answer: Answer | None

    @classmethod
    def of(cls, form: ChoosingForm, tenure: Tenure | None, development: Development | None = None) -> Choice:
        """Read the form's choices; anything unknown in it counts as not chosen."""
        home = tenure.home if tenure else None
        found = development or (home.development if home else None)
        if found is None:
            raise NotReached
        place = _place(form.place.data or "", tenure, found)
        kind = PlaceKind.COMMON if place.common_part else PlaceKind.HOME
        chosen_place = bool(place.common_part or place.space_code)
        categories = Category.ordered(kind) if chosen_place else ()
        category = next((row.code for row in categories if row.code == form.category.data), "")
        defects = Defect.of_category(category) if category else ()
        defect = next((row for row in defects if row.code == form.defect.data), None)
        answer = answer_for(place, defect) if defect is not None else None
        code = form.place.data if chosen_place else ""
        return cls(home, place, code, category, categories, defects, answer)

    @property
    def spaces(self) -> Sequence[Space]:
        """The rooms of the home."""
        return self.home.spaces if self.home else ()

    @property
    def common_parts(self) -> list[tuple[str, str]]:
        """The common parts: value and words."""
        return [(f"{COMMON}.{part}", said(words)) for part, words in COMMON_PART_WORDS.items()]

    def complain(self, form: ChoosingForm) -> bool:
        """Whether something is missing for an answer; what it is goes into the form's own errors."""
        if self.answer is not None:
            return False
        if not self.place_code:
            words = gettext("请选择问题在哪里")
        elif not self.category_code:
            words = gettext("请选择是哪一类问题")
        else:
            if not form.defect.data:
                return False
            words = gettext("请选择具体是什么问题")
        form.form_errors.append(words)
        return True


def half_days() -> list[tuple[str, str]]:
    """The half-days to choose from: tomorrow and the three days after, morning and afternoon."""
    first = clock.today() + timedelta(days=1)
    days = [first + timedelta(days=number) for number in range(HALF_DAYS_AHEAD)]
    halves = (("am", gettext("上午")), ("pm", gettext("下午")))
    return [(f"{on.isoformat()}/{code}", f"{day(on)} {weekday(on)} {words}") for on in days for code, words in halves]


def _place(code: str, tenure: Tenure | None, development: Development) -> Place:
    kind, _, name = code.partition(".")
    if kind == COMMON and name in CommonPart:
        building = tenure.home.entrance.building if tenure and name != CommonPart.GROUNDS else None
        return Place(development, tenure, common_part=CommonPart(name), building=building)
    place = Place(development, tenure, space_code=name if kind == SPACE else None)
    try:
        return place.checked()
    except Refused:
        return Place(development, tenure)
