"""What a service clock shows: the one rule for owners and staff (colour, words, ring)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask_babel import gettext

from portal.web.filters import MINUTE, clock_short, span_words

Tone = Literal["go", "wait", "late", "plain"]


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock as drawn. ``words`` is the chip's text, ``spoken`` the longer one of an owner's page.

    ``percent`` is the share of the limit that is used (0 to 100); ``overdue`` is true only while it runs over.
    """

    tone: Tone
    words: str
    percent: int
    overdue: bool
    spoken: str


def clock_view(
    due: datetime | None,
    started: datetime,
    done: datetime | None,
    now: datetime,
    limit_minutes: int,
    remaining_minutes: int | None = None,
) -> ClockView:
    """Jade; amber in the last quarter; vermilion counting up when over; plain while held; then kept or missed.

    ``due`` is None while a stopping hold is open; ``remaining_minutes`` is then what the hold has put by.
    The quarter is one of the limit, or of the whole stretch where a promise made that shorter.
    """
    if done is not None:
        return _after(due, started, done, limit_minutes)
    if due is None:
        return _paused(limit_minutes, remaining_minutes)
    left = (due - now).total_seconds()
    if left < 0:
        return _over(-left)
    return _running(left, min(limit_minutes * MINUTE, (due - started).total_seconds()))


def _running(left: float, span: float) -> ClockView:
    tone: Tone = "wait" if left * 4 <= span else "go"
    words = gettext("剩 %(time)s", time=clock_short(left))
    return ClockView(tone, words, _used(left, span), False, gettext("还有 %(time)s", time=span_words(left)))


def _over(by: float) -> ClockView:
    words = gettext("超 %(time)s", time=clock_short(by))
    return ClockView("late", words, 100, True, gettext("已超 %(time)s", time=span_words(by)))


def _paused(limit_minutes: int, remaining_minutes: int | None) -> ClockView:
    left = limit_minutes if remaining_minutes is None else remaining_minutes
    words = gettext("已暂停")
    return ClockView("plain", words, _used(left, limit_minutes), False, words)


def _after(due: datetime | None, started: datetime, done: datetime, limit_minutes: int) -> ClockView:
    took = max(0.0, (done - started).total_seconds())
    if done <= due if due is not None else took <= limit_minutes * MINUTE:
        words = gettext("%(time)s 达成", time=clock_short(took))
        return ClockView("go", words, 100, False, gettext("用时 %(time)s，达成", time=span_words(took)))
    words = gettext("%(time)s 未达成", time=clock_short(took))
    return ClockView("late", words, 100, False, gettext("用时 %(time)s，未达成", time=span_words(took)))


def _used(left: float, span: float) -> int:
    return max(0, min(100, int(100 - 100 * left / span))) if span > 0 else 100
