from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from portal.web.clocks import ClockView, clock_view

START = datetime(2026, 11, 18, 1, 12, tzinfo=UTC)
LIMIT = 240  # minutes
DUE = START + timedelta(minutes=LIMIT)


@pytest.fixture(autouse=True)
def _in_a_request(shell: Flask) -> Iterator[None]:
    with shell.test_request_context():
        yield


def after(minutes: float, *, due: datetime | None = DUE) -> ClockView:
    return clock_view(due, START, None, START + timedelta(minutes=minutes), LIMIT)


@pytest.mark.parametrize(
    ("minutes", "tone", "words", "percent", "overdue"),
    [
        (0, "go", "剩 4:00", 0, False),
        (8, "go", "剩 3:52", 3, False),
        (179, "go", "剩 1:01", 74, False),
        (180, "wait", "剩 1:00", 75, False),
        (226, "wait", "剩 0:14", 94, False),
        (240, "wait", "剩 0:00", 100, False),
        (240.1, "late", "超 0:01", 100, True),
        (287, "late", "超 0:47", 100, True),
        (240 + 2880, "late", "超 2 天", 100, True),
    ],
)
def test_a_running_clock(minutes: float, tone: str, words: str, percent: int, overdue: bool) -> None:
    seen = after(minutes)
    assert (seen.tone, seen.words, seen.percent, seen.overdue) == (tone, words, percent, overdue)


@pytest.mark.parametrize(
    ("minutes", "tone", "words"),
    [(74, "go", "1:14 达成"), (240, "go", "4:00 达成"), (240.02, "late", "4:01 未达成"), (305, "late", "5:05 未达成")],
)
def test_after_the_event(minutes: float, tone: str, words: str) -> None:
    done = START + timedelta(minutes=minutes)
    seen = clock_view(DUE, START, done, done + timedelta(days=9), LIMIT)
    assert (seen.tone, seen.words, seen.percent, seen.overdue) == (tone, words, 100, False)


def test_a_hold_stops_it_and_keeps_its_share() -> None:
    held = clock_view(None, START, None, START + timedelta(days=30), LIMIT, remaining_minutes=144)
    assert (held.tone, held.words, held.spoken, held.percent, held.overdue) == ("plain", "已暂停", "已暂停", 40, False)


def test_done_while_held_is_judged_by_the_limit_alone() -> None:
    assert clock_view(None, START, DUE, DUE, LIMIT).tone == "go"
    assert clock_view(None, START, DUE + timedelta(minutes=1), DUE, LIMIT).tone == "late"


def test_a_hold_that_moved_the_due_date_does_not_stretch_the_last_quarter() -> None:
    moved = DUE + timedelta(days=1)
    assert clock_view(moved, START, None, moved - timedelta(minutes=61), LIMIT).tone == "go"
    assert clock_view(moved, START, None, moved - timedelta(minutes=60), LIMIT).tone == "wait"


def test_a_promise_shorter_than_the_limit_is_its_own_measure() -> None:
    promised = START + timedelta(minutes=40)
    assert clock_view(promised, START, None, START + timedelta(minutes=29), LIMIT).tone == "go"
    assert clock_view(promised, START, None, START + timedelta(minutes=30), LIMIT) == ClockView(
        "wait", "剩 0:10", 75, False, "还有 10 分钟"
    )


def test_a_promise_already_past_when_it_was_made_is_over() -> None:
    assert clock_view(START, START, None, START, LIMIT).percent == 100
    assert clock_view(START - timedelta(hours=1), START, None, START, LIMIT).overdue


def test_both_languages(shell: Flask) -> None:
    with force_locale("en"):
        assert after(8).words == "3:52 left"
        assert after(8).spoken == "3 h 52 min left"
        assert after(287).words == "0:47 over"
        assert clock_view(None, START, None, START, LIMIT).words == "Paused"
        assert clock_view(DUE, START, DUE, DUE, LIMIT).words == "4:00 met"
    assert after(8).spoken == "还有 3 小时 52 分钟"


@given(st.floats(-600, 6000), st.floats(0, 600))
def test_time_only_makes_it_worse(minutes: float, more: float) -> None:
    order = ["go", "wait", "late"]
    now, later = after(minutes), after(minutes + more)
    assert order.index(now.tone) <= order.index(later.tone)
    assert now.percent <= later.percent
    assert now.overdue == (now.tone == "late")
