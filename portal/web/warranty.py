"""The warranty in words: the answer about one defect, and the band of a home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from flask_babel import gettext, ngettext

from portal.models.property.warranty import Season, Status
from portal.models.property.warranty_band import CLASS_WORDS, Band, BandRow
from portal.web.filters import day
from portal.web.i18n import language, listed, said

# Every year is named while the labels fit a phone.
MOST_LABELS = 12
MONTHS = {"zh": "y年M月", "en": "MMMM y"}


@dataclass(frozen=True, slots=True)
class Cover:
    """The answer (免费, 先报价), its tone, and the reason that stands beside it."""

    tone: str
    answer: str
    reason: str


def cover(status: str, until: date | None, warranty_class: str, rule: str = "") -> Cover:
    """What a warranty verdict says to an owner; ``rule`` is the verdict's own sentence, used where no day decides."""
    what = said(CLASS_WORDS[warranty_class])
    if status == Status.COVERED:
        reason = gettext("%(what)s保修到 %(day)s", what=what, day=day(until)) if until else _design_life(what)
        return Cover("go", gettext("保修内，免费"), reason)
    if status == Status.EXPIRED:
        reason = gettext("%(what)s保修已于 %(day)s到期", what=what, day=day(until)) if until else ""
        return Cover("wait", gettext("已过保，先报价再维修"), reason)
    if status == Status.NOT_STARTED:
        return Cover("plain", gettext("保修还没有开始"), said(rule) if rule else "")
    return Cover("plain", gettext("上门查看后答复是否收费"), said(rule) if rule else "")


def _design_life(what: str) -> str:
    return gettext("%(what)s在设计年限内保修", what=what)


@dataclass(frozen=True, slots=True)
class Year:
    """A mark of the axis; ``label`` is empty where the axis is too long to name every year."""

    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A term in words; ``drawn`` is its arithmetic."""

    label: str
    words: str
    tone: str
    drawn: BandRow


@dataclass(frozen=True, slots=True)
class BandView:
    """The band as a page shows it; ``next_label`` and ``next_until`` are the term that ends next, if one ends soon."""

    width: int
    now: int
    years: tuple[Year, ...]
    rows: tuple[Row, ...]
    next_label: str
    next_until: date | None


def band_view(found: Band, today: date) -> BandView:
    """Put the model's band into words."""
    step = -(-len(found.years) // MOST_LABELS)
    years = tuple(_year(year, number % step == 0, today) for number, year in enumerate(found.years))
    rows = tuple(Row(_label(row), _words(row), _tone(row), row) for row in found.rows)
    ending = [(row.drawn.until, row.label) for row in rows if row.drawn.soon and row.drawn.until]
    until, label = min(ending, default=(None, ""))
    return BandView(found.width, found.now, years, rows, label, until)


def _year(year: int, named: bool, today: date) -> Year:
    return Year(f"{year % 100:02d}" if named else "", year == today.year)


def _label(row: BandRow) -> str:
    label, count = listed(said(word) for word in row.labels), row.amount or 0
    if row.season is Season.HEATING:
        return label + ngettext("（%(num)s 个采暖期）", "（%(num)s 个采暖期）", count)
    if row.season is Season.COOLING:
        return label + ngettext("（%(num)s 个供冷期）", "（%(num)s 个供冷期）", count)
    return label


def _words(row: BandRow) -> str:
    if row.until is None:
        return gettext("设计年限内")
    if row.status is Status.EXPIRED:
        month = format_date(row.until, MONTHS[language()], locale=language())
        return gettext("已于 %(month)s到期", month=month)
    if row.soon and row.days_left is not None:
        return ngettext("剩 %(num)s 天", "剩 %(num)s 天", row.days_left)
    return gettext("至 %(day)s", day=day(row.until))


def _tone(row: BandRow) -> str:
    if row.status in (Status.EXPIRED, Status.NOT_STARTED):
        return "plain"
    return "wait" if row.soon else "go"
