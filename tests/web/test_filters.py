from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import SHANGHAI
from portal.web import filters as f


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[misc,arg-type]


HOME = SimpleNamespace(
    number="1202", code="3-2-1202", entrance=SimpleNamespace(label="2", building=SimpleNamespace(label="3"))
)
VILLA = SimpleNamespace(
    number="18", code="A-18", entrance=SimpleNamespace(label="", building=SimpleNamespace(label="A"))
)


def said(shell: Flask, locale: str, function: Callable[..., str], *values: object) -> str:
    with shell.test_request_context(), force_locale(locale):
        return function(*values)


@pytest.mark.parametrize(
    ("function", "value", "zh", "en"),
    [
        (f.moment, shanghai(2026, 11, 22, 18, 0), "明天 18:00", "Tomorrow 18:00"),
        (f.moment, shanghai(2026, 11, 24, 18, 0), "11月24日 18:00", "24 Nov 18:00"),
        (f.moment, shanghai(2026, 11, 21, 14, 5), "今天 14:05", "Today 14:05"),
        (f.moment, shanghai(2026, 11, 20, 16, 30), "昨天 16:30", "Yesterday 16:30"),
        (f.moment, shanghai(2025, 6, 28, 9, 0), "2025年6月28日 09:00", "28 Jun 2025 09:00"),
        (f.moment, datetime(2026, 11, 20, 16, 30, tzinfo=UTC), "今天 00:30", "Today 00:30"),
        (f.brief, shanghai(2026, 11, 19, 10, 20), "19日 10:20", "19 Nov 10:20"),
        (f.brief, shanghai(2026, 10, 30, 10, 20), "10月30日 10:20", "30 Oct 10:20"),
        (f.brief, shanghai(2026, 11, 20, 17, 48), "昨天 17:48", "Yesterday 17:48"),
        (f.day, date(2026, 11, 22), "11月22日", "22 November"),
        (f.day, date(2030, 6, 27), "2030年6月27日", "27 June 2030"),
        (f.day, datetime(2025, 12, 31, 16, 0, tzinfo=UTC), "1月1日", "1 January"),
        (f.day_short, date(2026, 11, 28), "28日", "28 Nov"),
        (f.day_short, date(2026, 12, 3), "12月3日", "3 Dec"),
        (f.day_short, date(2027, 11, 3), "2027年11月3日", "3 Nov 2027"),
        (f.which_day, date(2026, 11, 22), "明天", "Tomorrow"),
        (f.which_day, date(2026, 11, 23), "11月23日", "23 Nov"),
        (f.weekday, date(2026, 11, 21), "周六", "Sat"),
        (f.span_words, 52 * 60, "52 分钟", "52 min"),
        (f.span_words, 3 * 3600 + 52 * 60, "3 小时 52 分钟", "3 h 52 min"),
        (f.span_words, 2 * 3600, "2 小时", "2 h"),
        (f.span_words, 28 * 3600 + 52 * 60, "1 天 5 小时", "1 day 5 h"),
        (f.span_words, 47 * 3600 + 40 * 60, "2 天", "2 days"),
        (f.span_words, 6 * 86400 + 20 * 3600, "6 天", "6 days"),
        (f.span_words, 0, "0 分钟", "0 min"),
        (f.span_words, 1, "1 分钟", "1 min"),
        (f.span_words, 86399, "1 天", "1 day"),
        (f.clock_short, 47 * 60, "0:47", "0:47"),
        (f.clock_short, 28 * 3600 + 52 * 60, "28:52", "28:52"),
        (f.clock_short, 36 * 3600 - 60, "35:59", "35:59"),
        (f.clock_short, 36 * 3600, "1 天", "1 day"),
        (f.clock_short, 95 * 3600, "3 天", "3 days"),
        (f.home_label, HOME, "3号楼 2单元 1202", "Block 3, Unit 2, Flat 1202"),
        (f.home_label, VILLA, "A号楼 18", "Block A, Flat 18"),
        (f.home_code, HOME, "3-2-1202", "3-2-1202"),
    ],
)
def test_both_languages_say_it(shell: Flask, function: Callable[..., str], value: object, zh: str, en: str) -> None:
    assert (said(shell, "zh", function, value), said(shell, "en", function, value)) == (zh, en)


def test_inside_an_english_sentence_the_day_is_not_capitalised(shell: Flask) -> None:
    moment = shanghai(2026, 11, 20, 16, 30)
    assert said(shell, "en", f.moment, moment, True) == "yesterday 16:30"
    assert said(shell, "zh", f.moment, moment, True) == "昨天 16:30"


def test_a_visit_window_names_its_day_once_and_both_days_past_midnight(shell: Flask) -> None:
    two, four = shanghai(2026, 11, 21, 14), shanghai(2026, 11, 21, 16)
    assert said(shell, "zh", f.window, two, four) == "今天 14:00–16:00"
    assert said(shell, "en", f.window, two, four) == "Today 14:00–16:00"
    assert said(shell, "zh", f.hours, two, four) == "14:00–16:00"
    assert said(shell, "zh", f.window, shanghai(2026, 11, 21, 22), shanghai(2026, 11, 22, 2)) == "今天 22:00–明天 02:00"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (datetime(2026, 11, 21, 5, 5, 30, tzinfo=UTC), "2026-11-21T13:05+08:00"),
        (date(2026, 11, 21), "2026-11-21"),
        (timedelta(minutes=52), "PT52M"),
        (timedelta(hours=29, seconds=59), "PT29H0M"),
        (timedelta(seconds=-5), "PT0M"),
    ],
)
def test_iso_is_what_a_time_element_takes(value: date | timedelta, written: str) -> None:
    assert f.iso(value) == written


@pytest.mark.parametrize(
    ("fen", "shown"),
    [(128000, "¥1,280"), (128050, "¥1,280.50"), (0, "¥0"), (5, "¥0.05"), (-18000, "-¥180"), (123456700, "¥1,234,567")],
)
def test_money_is_fen_shown_as_yuan(fen: int, shown: str) -> None:
    assert f.money(fen) == shown


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "1 KB"), (840_000, "820 KB"), (2_202_009, "2.1 MB"), (15_309_210, "14.6 MB")]
)
def test_filesize(size: int, shown: str) -> None:
    assert f.filesize(size) == shown


def test_a_moment_without_a_zone_is_refused(shell: Flask) -> None:
    with pytest.raises(ValueError, match="time zone"):
        said(shell, "zh", f.moment, datetime(2026, 11, 21, 14, 5))


def test_the_page_says_its_language(shell: Flask) -> None:
    assert (said(shell, "zh", f.html_lang), said(shell, "en", f.html_lang)) == ("zh-CN", "en")


@given(st.integers(0, 40 * 86400), st.integers(1, 86400))
def test_more_time_never_reads_as_less(shell: Flask, seconds: int, more: int) -> None:
    """The words of a longer span never start with a smaller number of the same or a smaller unit."""

    def weight(words: str) -> int:
        units = {"天": 1440, "小时": 60, "分钟": 1}
        parts = words.split(" ")
        return sum(int(number) * units[unit] for number, unit in zip(parts[::2], parts[1::2], strict=True))

    assert weight(said(shell, "zh", f.span_words, seconds)) <= weight(said(shell, "zh", f.span_words, seconds + more))
