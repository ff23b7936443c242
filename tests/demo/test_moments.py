"""The small language of times in tickets.toml."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import SHANGHAI
from portal.demo.moments import Moments, Window, is_workday, on, rounded_up, shift, span
from portal.demo.reading import SceneError

FRIDAY = on(date(2026, 11, 20), 14, 25)
BEFORE = on(date(2026, 11, 12), 10, 0)  # a Thursday
VISIT = Window(on(date(2026, 11, 13), 14), on(date(2026, 11, 13), 16))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("-5wd 09:12", on(date(2026, 11, 13), 9, 12)),
        ("-5d 09:12", on(date(2026, 11, 15), 9, 12)),
        ("now-18m", FRIDAY - timedelta(minutes=18)),
        ("now-1d2h3m", FRIDAY - timedelta(days=1, hours=2, minutes=3)),
        ("work-40m", FRIDAY - timedelta(minutes=40)),
        ("+42m", BEFORE + timedelta(minutes=42)),
        ("+2h15m", BEFORE + timedelta(hours=2, minutes=15)),
        ("+2d 20:10", on(date(2026, 11, 14), 20, 10)),
        ("+2wd 20:10", on(date(2026, 11, 16), 20, 10)),
        ("+0d 20:10", on(date(2026, 11, 12), 20, 10)),
        ("visit+20m", VISIT.start + timedelta(minutes=20)),
    ],
)
def test_moments(text, moment):
    assert Moments(FRIDAY).moment(text, BEFORE, VISIT) == moment


@pytest.mark.parametrize("text", ["", "tomorrow", "+", "+5x", "now-", "-3 09:00", "visit-5m", "9:00"])
def test_a_text_that_is_no_moment_is_refused(text):
    with pytest.raises(SceneError):
        Moments(FRIDAY).moment(text, BEFORE, VISIT)


def test_nothing_follows_nothing():
    with pytest.raises(SceneError, match="no moment here: \\+5m"):
        Moments(FRIDAY).moment("+5m")
    with pytest.raises(SceneError, match="no moment here: visit\\+5m"):
        Moments(FRIDAY).moment("visit+5m", BEFORE)


@pytest.mark.parametrize(
    ("now", "work"),
    [
        (on(date(2026, 11, 20), 14, 25), on(date(2026, 11, 20), 14, 25)),
        (on(date(2026, 11, 20), 9, 5), on(date(2026, 11, 19), 17, 30)),
        (on(date(2026, 11, 20), 21, 0), on(date(2026, 11, 20), 17, 30)),
        (on(date(2026, 11, 22), 12, 0), on(date(2026, 11, 20), 17, 30)),
        (on(date(2026, 10, 6), 12, 0), on(date(2026, 9, 30), 17, 30)),
    ],
)
def test_the_latest_working_moment(now, work):
    assert Moments(now).work == work


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("+1wd 10:00-12:00", on(date(2026, 11, 13), 10), on(date(2026, 11, 13), 12)),
        ("+0d 10:30-11:30", on(date(2026, 11, 12), 10, 30), on(date(2026, 11, 12), 11, 30)),
        ("soon 1h", on(date(2026, 11, 12), 10, 5), on(date(2026, 11, 12), 11, 5)),
        ("work-100m 1h", on(date(2026, 11, 20), 12, 30), on(date(2026, 11, 20), 13, 30)),
        ("next 14:00-16:00", on(date(2026, 11, 23), 14), on(date(2026, 11, 23), 16)),
        ("next 16:00-18:00", on(date(2026, 11, 20), 16), on(date(2026, 11, 20), 18)),
    ],
)
def test_windows(text, start, end):
    assert Moments(FRIDAY).window(text, BEFORE) == Window(start, end)


def test_a_text_that_is_no_window_is_refused():
    with pytest.raises(SceneError, match="no window: +1wd morning".replace("+", "\\+")):
        Moments(FRIDAY).window("+1wd morning", BEFORE)


def test_half_days():
    moments = Moments(FRIDAY)
    assert moments.half_day("+2wd am", BEFORE) == "2026-11-16/am"
    assert moments.half_day("+2d pm", BEFORE) == "2026-11-14/pm"
    assert moments.half_day("sat am", BEFORE) == "2026-11-14/am"
    assert moments.half_day("sat am", BEFORE + timedelta(days=2)) == "2026-11-21/am"
    with pytest.raises(SceneError):
        moments.half_day("sun am", BEFORE)


def test_a_window_in_words():
    assert VISIT.words == "11月13日（周五）14:00–16:00"
    assert Window(VISIT.start.astimezone(UTC), VISIT.end.astimezone(UTC)).words == VISIT.words


def test_working_days_follow_the_catalogue():
    assert not is_workday(date(2026, 10, 7))
    assert is_workday(date(2026, 10, 10))  # a Saturday worked for the holiday
    assert shift(date(2026, 9, 30), 1, working=True) == date(2026, 10, 8)


def test_lengths():
    assert span("1d2h30m") == timedelta(days=1, hours=2, minutes=30)
    with pytest.raises(SceneError):
        span("2h5")


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), st.sampled_from([5, 15, 30]))
def test_rounding_goes_up_by_less_than_a_step(naive, minutes):
    moment = naive.replace(tzinfo=SHANGHAI)
    rounded = rounded_up(moment, minutes)
    assert timedelta() <= rounded - moment < timedelta(minutes=minutes)
    assert rounded.minute % minutes == rounded.second == rounded.microsecond == 0
