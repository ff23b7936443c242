"""Numbers for the drawings: path data that a template sets into SVG, because pages carry no inline style."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

YEAR = 100
LEAST_YEARS = 7
# A term that ends this long after it began (the structure's 50 years) does not stretch the axis: it leaves by an arrow.
FAR_YEARS = 12
# Every year is labelled while the labels fit a phone.
MOST_LABELS = 12

FLOORS, COLUMNS = 14, 5


@dataclass(frozen=True, slots=True)
class Term:
    """One warranty term of a home. ``ends`` is its last day; ``words`` says that to the reader."""

    label: str
    words: str
    tone: str
    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class BandRow:
    """A term as drawn: the stretch used up, the stretch left (empty when over) and the line of today."""

    label: str
    words: str
    tone: str
    gone: str
    left: str
    now: str


@dataclass(frozen=True, slots=True)
class BandYear:
    """A mark of the axis; ``label`` is empty where the axis is too long to name every year."""

    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class Band:
    """All terms on one axis, 100 units a year, 12 units high."""

    width: int
    years: tuple[BandYear, ...]
    rows: tuple[BandRow, ...]


def warranty_band(terms: Sequence[Term], today: date) -> Band:
    """Lay the terms over one axis, from the year the first began to past the last near end; at least seven years."""
    first = min((term.begins.year for term in terms), default=today.year)
    near = [term.ends.year for term in terms if term.ends.year - term.begins.year <= FAR_YEARS]
    count = max(LEAST_YEARS, max([*near, today.year], default=first) + 2 - first)
    step = -(-count // MOST_LABELS)
    years = tuple(
        BandYear(f"{year % 100:02d}" if (year - first) % step == 0 else "", year == today.year)
        for year in range(first, first + count)
    )
    last = len(terms) - 1
    rows = tuple(_row(term, first, count * YEAR, today, index == last) for index, term in enumerate(terms))
    return Band(count * YEAR, years, rows)


def _row(term: Term, first: int, width: int, today: date, last: bool) -> BandRow:
    begins, now = _units(term.begins, first), _units(today, first)
    ends = _units(term.ends + timedelta(days=1), first)
    gone_to = max(begins, min(now, ends))
    gone = f"M{begins} 0h{gone_to - begins}v12H{begins}z"
    left = _left(max(now, begins), ends, width)
    return BandRow(term.label, term.words, term.tone, gone, left, f"M{now}-26v{38 if last else 50}")


def _left(start: int, ends: int, width: int) -> str:
    if ends <= start:
        return ""
    if ends > width:
        return f"M{start} 0H{width - 8}l8 6-8 6H{start}z"
    return f"M{start} 0h{ends - start}v12H{start}z"


def _units(on: date, first: int) -> int:
    days = 366 if isleap(on.year) else 365
    return (on.year - first) * YEAR + round((on.timetuple().tm_yday - 1) * YEAR / days)


def lit_window(floor: str | int, column: int = 3, floors: int = FLOORS) -> str:
    """The window of a flat on the drawn front (14 floors, 5 windows each), counted from the ground and the left.

    A taller building is drawn to scale. Empty where the floor is not a number above ground (B1, 夹层).
    """
    text = str(floor)
    if not text.isdecimal() or int(text) < 1:
        return ""
    tall = max(floors, int(text), FLOORS)
    row = -(-int(text) * FLOORS // tall)
    across = min(max(column, 1), COLUMNS)
    return f"M{11 + 20 * across} {17 + 8 * (FLOORS - row)}h8v5h-8z"
