"""How a template says a moment, a span, a size, a sum and an address, in the reader's language.

Every moment handed in is aware; every time shown is Shanghai's. Words come from the catalogue, so a function answers
in the language of the request (or of ``force_locale`` in a job). "This year" and "today" follow ``portal.clock``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Protocol

from babel.dates import format_date
from flask import Flask
from flask_babel import gettext, ngettext, pgettext

from portal.clock import SHANGHAI, today
from portal.web import drawings
from portal.web.i18n import language

MINUTE, HOUR, DAY = 60, 3600, 86400
# Above this many hours a clock is read in days: nobody counts minutes the day after tomorrow.
CLOCK_HOURS = 36

_PATTERNS = {
    "zh": {"day": "M月d日", "dated": "y年M月d日", "moment": "M月d日", "dated_moment": "y年M月d日", "near": "d日"},
    "en": {"day": "d MMMM", "dated": "d MMMM y", "moment": "d MMM", "dated_moment": "d MMM y", "near": "d MMM"},
}


class Labelled(Protocol):
    """A building: its label is text such as 3, 3A or 十二."""

    @property
    def label(self) -> str: ...


class EntranceLike(Protocol):
    """An entrance (单元) of a building; its label is empty where the building has only one door."""

    @property
    def label(self) -> str: ...
    @property
    def building(self) -> Labelled: ...


class HomeLike(Protocol):
    """What an address is made of."""

    @property
    def number(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def entrance(self) -> EntranceLike: ...


def html_lang() -> str:
    """The value of ``<html lang>``; the stylesheet switches its type on it."""
    return "en" if language() == "en" else "zh-CN"


@lru_cache(4096)
def _formatted(on: date, pattern: str, locale: str) -> str:
    """A day in a pattern of the locale's; a page says the same few days again and again."""
    return format_date(on, pattern, locale=locale)


def _local(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return value.astimezone(SHANGHAI)


def _on(value: date | datetime) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


def _dated(on: date, kind: str) -> str:
    this_year = on.year == today().year
    pattern = _PATTERNS[language()][kind if this_year else {"day": "dated"}.get(kind, "dated_moment")]
    return _formatted(on, pattern, language())


def _near_word(on: date, inside: bool) -> str | None:
    word: str | None = None
    match (on - today()).days:
        case -1:
            word = pgettext("句中", "昨天") if inside else gettext("昨天")
        case 0:
            word = pgettext("句中", "今天") if inside else gettext("今天")
        case 1:
            word = pgettext("句中", "明天") if inside else gettext("明天")
    return word


def day(value: date | datetime, short: bool = False) -> str:
    """11月22日 / 22 November, or 22 Nov where it is to be ``short``; the year only when it is not this one."""
    return _dated(_on(value), "moment" if short else "day")


def which_day(value: date | datetime, inside: bool = False) -> str:
    """昨天, 今天, 明天 or 11月22日. ``inside`` a sentence the English word is not capitalised."""
    on = _on(value)
    return _near_word(on, inside) or _dated(on, "moment")


def day_short(value: date | datetime) -> str:
    """21日 / 21 Nov for the wide column of a list; other months are named in full."""
    on = _on(value)
    same_month = (on.year, on.month) == (today().year, today().month)
    return _formatted(on, _PATTERNS[language()]["near"], language()) if same_month else _dated(on, "moment")


def weekday(value: date | datetime) -> str:
    """周六 / Sat."""
    return _formatted(_on(value), "EEE", language())


def moment(value: datetime, inside: bool = False) -> str:
    """今天 14:05, 昨天 16:30, 11月22日 18:00, 2025年6月28日 09:00."""
    return f"{which_day(value, inside)} {_local(value):%H:%M}"


def brief(value: datetime) -> str:
    """Like ``moment``, but within this month the month is left out: 19日 10:20. For stages and timelines."""
    on = _on(value)
    return f"{_near_word(on, inside=False) or day_short(on)} {_local(value):%H:%M}"


def hours(start: datetime, end: datetime) -> str:
    """14:00–16:00, without a day."""
    return f"{_local(start):%H:%M}–{_local(end):%H:%M}"


def window(start: datetime, end: datetime, inside: bool = False) -> str:
    """A visit window: 今天 14:00–16:00; both days are named when it runs past midnight."""
    if _on(start) != _on(end):
        return f"{moment(start, inside)}–{moment(end, inside)}"
    return f"{which_day(start, inside)} {hours(start, end)}"


def span_words(seconds: float) -> str:
    """52 分钟, 3 小时 52 分钟, 1 天 5 小时, 6 天.

    A begun minute counts; from a day on the hours are rounded, from three days on only days are said.
    """
    minutes = -int(-abs(seconds) // MINUTE)
    if minutes < 60:
        return _counted(0, 0, minutes)
    if minutes < 24 * 60:
        return _counted(0, minutes // 60, minutes % 60)
    whole_hours = (minutes + 30) // 60
    return _counted(whole_hours // 24, whole_hours % 24 if whole_hours < 72 else 0, 0)


def _counted(days: int, hour_count: int, minutes: int) -> str:
    said = []
    if days:
        said.append(ngettext("%(num)s 天", "%(num)s 天", days))
    if hour_count:
        said.append(ngettext("%(num)s 小时", "%(num)s 小时", hour_count))
    if minutes or not said:
        said.append(ngettext("%(num)s 分钟", "%(num)s 分钟", minutes))
    return " ".join(said)


def clock_short(seconds: float) -> str:
    """The face of a clock: 0:47, 28:52 (a begun minute counts); from 36 hours on, whole days that fit: 1 天."""
    minutes = -int(-abs(seconds) // MINUTE)
    if minutes >= CLOCK_HOURS * 60:
        return _counted(minutes // (24 * 60), 0, 0)
    return f"{minutes // 60}:{minutes % 60:02d}"


def iso(value: date | datetime | timedelta) -> str:
    """What ``<time datetime>`` takes: a moment with Shanghai's offset, a day, or a length such as PT1H30M."""
    if isinstance(value, timedelta):
        minutes = max(0, int(value.total_seconds()) // MINUTE)
        return f"PT{minutes // 60}H{minutes % 60}M" if minutes >= 60 else f"PT{minutes}M"
    if isinstance(value, datetime):
        return _local(value).isoformat(timespec="minutes")
    return value.isoformat()


def filesize(size: int) -> str:
    """Bytes as 820 KB or 2.1 MB; never less than 1 KB."""
    if size < 1000 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def money(fen: int) -> str:
    """Fen as ¥1,280, or ¥1,280.50 when there is a remainder."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}¥{yuan:,}{f'.{rest:02d}' if rest else ''}"


def grouped(digest: bytes) -> str:
    """A hash as hex digits in fours, so that it can be read out and wrap: 9f2c 41d8 77a0 e35b."""
    return digest.hex(" ", -2)


def home_parts(home: HomeLike) -> tuple[str, str]:
    """The owner's way of saying an address, in the two parts that may stand on two lines: 3号楼 2单元, 1202."""
    address = gettext("%(building)s号楼", building=home.entrance.building.label)
    if home.entrance.label:
        address += _comma() + gettext("%(entrance)s单元", entrance=home.entrance.label)
    return address, pgettext("房号", "%(number)s", number=home.number)


def _comma() -> str:
    return ", " if language() == "en" else " "


def home_label(home: HomeLike) -> str:
    """3号楼 2单元 1202 / Block 3, Unit 2, Flat 1202."""
    return _comma().join(home_parts(home))


def home_code(home: HomeLike) -> str:
    """The staff's 3-2-1202."""
    return home.code


def install(app: Flask) -> None:
    """Give every template these filters; the functions of two values, and the drawn window, as functions."""
    for function in (
        *(day, which_day, day_short, weekday, moment, brief, span_words, clock_short, iso),
        *(filesize, money, grouped, home_parts, home_label, home_code),
    ):
        app.add_template_filter(function)
    for called in (hours, window, html_lang, drawings.lit_window):
        app.add_template_global(called)
