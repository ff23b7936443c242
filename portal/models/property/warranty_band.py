"""The home page's warranty band: every term of a home on one axis, 100 units a year, for an SVG."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.models.catalogue import WarrantyTerm
from portal.models.errors import N_
from portal.models.property.warranty import Season, Status, WarrantyVerdict, verdict

YEAR = 100
SOON = timedelta(days=180)
RECENT = timedelta(days=183)

CLASS_WORDS: Mapping[str, str] = {
    "structure": N_("主体结构"),
    "waterproofing": N_("防水"),
    "insulation": N_("保温"),
    "electrical": N_("电气"),
    "plumbing": N_("给排水"),
    "equipment": N_("设备"),
    "decoration": N_("装修"),
    "door_window": N_("门窗"),
    "hvac": N_("供暖供冷"),
    "sanitary_ware": N_("洁具"),
    "lamp_switch": N_("灯具开关"),
    "pipe_blockage": N_("管道疏通"),
    "appliance": N_("随房电器"),
    "other": N_("其他"),
}
SEASON_WORDS: Mapping[Season, str] = {Season.HEATING: N_("供暖"), Season.COOLING: N_("供冷")}


@dataclass(frozen=True, slots=True)
class Group:
    """Classes that share a row while they end on the same day. A ``short`` one leaves the band half a year later."""

    classes: tuple[str, ...]
    season: Season | None = None
    short: bool = False


GROUPS: Sequence[Group] = (
    Group(("structure",)),
    Group(("waterproofing", "insulation")),
    Group(("electrical", "plumbing", "equipment")),
    Group(("decoration", "door_window")),
    Group(("hvac",), Season.HEATING),
    Group(("hvac",), Season.COOLING),
    Group(("sanitary_ware", "lamp_switch", "pipe_blockage"), short=True),
)


@dataclass(frozen=True, slots=True)
class BandRow:
    """A row. ``labels`` are message ids, to be joined; the pairs are positions on the axis, from and to.

    ``until`` None is a design life: ``left`` then runs to the end of the axis. ``left`` is None once it has ended.
    ``soon`` marks a term that ends within 180 days. ``season`` is the kind of season a term counts, and then ``amount``
    of them; of other terms ``amount`` counts years or months.
    """

    labels: tuple[str, ...]
    status: Status
    since: date
    until: date | None
    amount: int | None
    season: Season | None
    days_left: int | None
    soon: bool
    gone: tuple[int, int]
    left: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Band:
    """The axis, one column for each of ``years``, with today's position on it, and the rows from the top."""

    years: tuple[int, ...]
    now: int
    rows: tuple[BandRow, ...]

    @property
    def width(self) -> int:
        """The length of the axis in units."""
        return YEAR * len(self.years)


@dataclass(frozen=True, slots=True)
class _Found:
    group: Group
    classes: tuple[str, ...]
    answer: WarrantyVerdict


def band(terms: Sequence[WarrantyTerm], handover: date, today: date) -> Band:
    """The rows for a home handed over on a day, past or to come, as they stand ``today``.

    Terms without a date of their own (a maker's card, nothing agreed) have no row.
    """
    found = [each for group in GROUPS for each in _of_group(group, terms, handover, today)]
    last = max((each.answer.until.year for each in found if each.answer.until), default=today.year)
    years = tuple(range(min(handover, today).year, max(last, today.year) + 2))
    units = {term.code: term for term in terms}
    rows = tuple(_row(each, units[each.answer.term_code or ""], handover, today, years) for each in found)
    return Band(years, _position(today, years), rows)


def _of_group(group: Group, terms: Sequence[WarrantyTerm], handover: date, today: date) -> list[_Found]:
    together: dict[date | None, list[tuple[str, WarrantyVerdict]]] = {}
    for name in group.classes:
        # Asked as of the handover at the earliest: a home still to be handed over shows what it will have.
        answer = verdict(name, terms, handover, max(today, handover), group.season)
        if answer.status is Status.CHECK_ON_SITE or (group.short and _long_ended(answer, today)):
            continue
        together.setdefault(answer.until, []).append((name, answer))
    by_end = sorted(together.items(), key=lambda item: item[0] or date.max, reverse=True)
    return [_Found(group, tuple(name for name, _ in items), items[0][1]) for _, items in by_end]


def _long_ended(answer: WarrantyVerdict, today: date) -> bool:
    return answer.until is not None and today - answer.until > RECENT


def _row(each: _Found, term: WarrantyTerm, handover: date, today: date, years: Sequence[int]) -> BandRow:
    until = each.answer.until
    begin, now = _position(handover, years), _position(today, years)
    end = YEAR * len(years) if until is None else _position(until + timedelta(days=1), years)
    ended = each.answer.status is Status.EXPIRED
    days_left = None if until is None or ended else (until - today).days
    reached = min(max(now, begin), end)
    return BandRow(
        labels=_labels(each),
        status=Status.NOT_STARTED if today < handover else each.answer.status,
        since=handover,
        until=until,
        amount=term.amount,
        season=each.group.season,
        days_left=days_left,
        soon=days_left is not None and days_left <= SOON.days,
        gone=(begin, reached),
        left=None if ended else (reached, end),
    )


def _labels(each: _Found) -> tuple[str, ...]:
    if each.group.season is not None:
        return (SEASON_WORDS[each.group.season],)
    return tuple(CLASS_WORDS[name] for name in each.classes)


def _position(day: date, years: Sequence[int]) -> int:
    into = (day.timetuple().tm_yday - 1) / (366 if isleap(day.year) else 365)
    return round(YEAR * (day.year - years[0] + into))
