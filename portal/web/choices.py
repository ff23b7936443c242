"""Where and what: the choices of a report, and the answer the portal gives before it is sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from flask_babel import gettext

from portal import clock
from portal.models.catalogue import Category, Defect
from portal.models.catalogue import Place as PlaceKind
from portal.models.errors import N_, NotReached, Refused
from portal.models.property import CommonPart, Development, Home, Tenure
from portal.models.property.development import COMMON_PART_WORDS
from portal.models.repairs.reported import Answer, Place, answer_for
from portal.web.filters import day, weekday
from portal.web.i18n import local, said
from portal.web.promises import limit_words
from portal.web.warranty import Cover, cover

HALF_DAYS_AHEAD = 4
SPACE, COMMON = "space", "common"
# Where nobody knows the rooms, the whole flat is one place.
INSIDE = "inside"
MISSING_WORDS: dict[str, str] = {
    "place": N_("请选择问题在哪里"),
    "category": N_("请选择是哪一类问题"),
    "defect": N_("请选择具体是什么问题"),
}
HALVES: dict[str, str] = {"am": N_("上午"), "pm": N_("下午")}
ICONS: dict[str, str] = {
    "LEAK": "drop",
    "PLUMB": "pipe",
    "ELEC": "bolt",
    "ELV": "chip",
    "WALL": "wall",
    "CEIL": "ceiling",
    "FLOOR": "tile",
    "DOOR": "door",
    "WIN": "window",
    "CAB": "cabinet",
    "SAN": "basin",
    "APPL": "hob",
    "HVAC": "fan",
    "HEAT": "heat",
    "GAS": "flame",
    "STRUCT": "beam",
    "FACADE": "building",
    "PUBLIC": "users",
    "ENV": "air",
}


class ChoosingForm(Protocol):
    """What a form of either face carries: ``place`` is ``space.<code>`` or ``common.<part>``."""

    place: Any
    category: Any
    defect: Any
    form_errors: list[str]


@dataclass(frozen=True, slots=True)
class Option:
    """One of a group of radios; ``icon`` names its drawing, ``note`` is the line below."""

    code: str
    label: str
    icon: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A radio on the floor plan: x, y, w, h are cells of its 8 × 6 grid."""

    code: str
    label: str
    x: int
    y: int
    w: int
    h: int


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
    def plan(self) -> str:
        """The drawing of the home's floor plan; empty where there is none."""
        house_type = self.home.house_type if self.home else None
        return (house_type.plan or "") if house_type and house_type.spaces else ""

    @property
    def rooms(self) -> list[Room]:
        """The rooms of the home: the whole flat where nobody knows them."""
        if self.home is None:
            return []
        spaces = [
            Room(f"{SPACE}.{space.code}", local(space, "name"), space.x, space.y, space.w, space.h)
            for space in self.home.spaces
        ]
        return spaces or [Room(f"{SPACE}.{INSIDE}", gettext("室内"), 1, 1, 8, 6)]

    @property
    def common_parts(self) -> list[tuple[str, str]]:
        """The common parts: value and words."""
        return [(f"{COMMON}.{part}", said(words)) for part, words in COMMON_PART_WORDS.items()]

    @property
    def kinds(self) -> list[Option]:
        """The categories that can occur there."""
        return [Option(row.code, local(row, "name"), ICONS.get(row.code, "more")) for row in self.categories]

    @property
    def faults(self) -> list[Option]:
        """The defects of the category, each with the part it is about."""
        return [Option(row.code, local(row, "defect"), note=local(row, "element")) for row in self.defects]

    @property
    def hotline(self) -> str:
        """The number that comes first in an emergency."""
        return self.place.development.hotline

    @property
    def emergency(self) -> bool:
        """Whether the telephone comes before the form."""
        return self.answer is not None and self.answer.emergency

    @property
    def cover(self) -> Cover | None:
        """What the warranty says, once a defect is chosen."""
        if self.answer is None:
            return None
        found = self.answer.warranty
        return cover(found.status, found.until, self.answer.defect.warranty_class, found.rule)

    @property
    def response(self) -> str:
        """How soon somebody calls, once a defect is chosen: 2 小时."""
        return limit_words(self.answer.response) if self.answer else ""

    @property
    def visit(self) -> str:
        """How soon somebody comes, once a defect is chosen: 3 个工作日."""
        return limit_words(self.answer.visit) if self.answer else ""

    @property
    def offered(self) -> list[str]:
        """The groups of options that a page with this choice shows."""
        return ["place", *(["category"] if self.categories else []), *(["defect"] if self.defects else [])]

    @property
    def missing(self) -> str:
        """The first group from which nothing has been chosen; empty once there is an answer."""
        if self.answer is not None:
            return ""
        return "defect" if self.category_code else "category" if self.place_code else "place"

    def complain(self, form: ChoosingForm, offered: Collection[str] = ("place", "category")) -> bool:
        """Whether something is missing that the page had offered; what it is goes into the form's own errors."""
        missing = self.missing
        if not missing or (missing not in offered and not (missing == "defect" and form.defect.data)):
            return False
        form.form_errors.append(said(MISSING_WORDS[missing]))
        return True


def half_days() -> list[tuple[str, str]]:
    """The half-days to choose from: tomorrow and the three days after, morning and afternoon."""
    first = clock.today() + timedelta(days=1)
    days = [first + timedelta(days=number) for number in range(HALF_DAYS_AHEAD)]
    codes = [f"{on.isoformat()}/{half}" for on in days for half in HALVES]
    return [(code, half_day(code)) for code in codes]


def half_day(code: str) -> str:
    """2026-11-24/am as 11月24日 周二 上午 / Tue 24 Nov, morning."""
    text, _, half = code.partition("/")
    on = date.fromisoformat(text)
    words = {"day": day(on, short=True), "weekday": weekday(on), "half": said(HALVES[half])}
    return gettext("%(day)s %(weekday)s %(half)s", **words)


def _place(code: str, tenure: Tenure | None, development: Development) -> Place:
    kind, _, name = code.partition(".")
    if kind == COMMON and name in COMMON_PART_WORDS:
        building = tenure.home.entrance.building if tenure and name != CommonPart.GROUNDS else None
        return Place(development, tenure, common_part=CommonPart(name), building=building)
    place = Place(development, tenure, space_code=name if kind == SPACE else None)
    try:
        return place.checked()
    except Refused:
        return Place(development, tenure)
