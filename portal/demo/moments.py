"""The small language of times in tickets.toml: everything is relative to now, in Shanghai's days and hours.

Working days are those of the catalogue's calendar. ``Moments`` turns the texts into aware datetimes; it raises
SceneError for a text it does not know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from portal.clock import SHANGHAI, WorkingDays
from portal.demo.reading import SceneError, rows

WEEKDAYS = "一二三四五六日"
OPENS, CLOSES = time(9), time(18)
SETTLED, LEAVES = time(11), time(17, 30)
SOON, AHEAD = timedelta(minutes=5), timedelta(minutes=30)
SPAN = r"(?:(?P<d>\d+)d)?(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?"
CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d)"
LATER_DAY = re.compile(rf"\+(?P<n>\d+)(?P<kind>wd|d) {CLOCK}")
EARLIER_DAY = re.compile(rf"-(?P<n>\d+)(?P<kind>wd|d) {CLOCK}")
FROM_WINDOW = re.compile(r"(?P<day>.+) (?P<from>\d\d:\d\d)-(?P<to>\d\d:\d\d)")
HALF_DAY = re.compile(r"(?:\+(?P<n>\d+)(?P<kind>wd|d)|sat) (?P<half>am|pm)")


@dataclass(frozen=True, slots=True)
class Window:
    """When a technician comes: two aware moments of one day."""

    start: datetime
    end: datetime

    @property
    def words(self) -> str:
        """As people read it: 11月24日（周二）10:00–12:00."""
        first, last = self.start.astimezone(SHANGHAI), self.end.astimezone(SHANGHAI)
        return f"{first.month}月{first.day}日（周{WEEKDAYS[first.weekday()]}）{first:%H:%M}–{last:%H:%M}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A day of the catalogue's calendar."""

    day: date
    kind: str
    published: bool


@cache
def _calendar() -> WorkingDays:
    files = (("calendar_days.csv", True), ("statutory_days.csv", False))
    return WorkingDays(
        Listed(date.fromisoformat(row["date"]), row["kind"], published)
        for name, published in files
        for row in rows(name)
    )


def is_workday(day: date) -> bool:
    """Whether people work on a day."""
    return _calendar().is_working(day)


def shift(day: date, n: int, *, working: bool) -> date:
    """The n-th day after (or before, negative) a day; a working one counts working days only. 0 is the day itself."""
    step = timedelta(days=1 if n > 0 else -1)
    for _ in range(abs(n)):
        day += step
        while working and not is_workday(day):
            day += step
    return day


def on(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a day, Shanghai time."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def span(text: str) -> timedelta:
    """A length: ``1d2h30m``, any part may be missing but not all."""
    found = re.fullmatch(SPAN, text)
    if not found or not text:
        raise SceneError(f"no length of time: {text}")
    return timedelta(days=int(found["d"] or 0), hours=int(found["h"] or 0), minutes=int(found["m"] or 0))


class Moments:
    """Reads the times of one history at a fixed ``now`` (aware)."""

    def __init__(self, now: datetime) -> None:
        self.now = now.astimezone(SHANGHAI)
        self.work = self._latest_work()

    def moment(self, text: str, before: datetime | None = None, visit: Window | None = None) -> datetime:
        """The moment a step happens; ``before`` is the step before it, ``visit`` the booked window."""
        for anchor, start in (("now-", self.now), ("work-", self.work)):
            if text.startswith(anchor):
                return start - span(text.removeprefix(anchor))
        if text.startswith("visit+") and visit is not None:
            return visit.start.astimezone(SHANGHAI) + span(text.removeprefix("visit+"))
        if found := EARLIER_DAY.fullmatch(text):
            return self._day(found, self.now.date(), -1)
        if before is not None and (found := LATER_DAY.fullmatch(text)):
            return self._day(found, before.astimezone(SHANGHAI).date(), 1)
        if before is not None and text.startswith("+"):
            return before + span(text.removeprefix("+"))
        raise SceneError(f"no moment here: {text}")

    def window(self, text: str, booked: datetime) -> Window:
        """The visit window that is booked at a moment."""
        if text.startswith("soon "):
            start = rounded_up(booked.astimezone(SHANGHAI) + SOON, 5)
            return Window(start, start + span(text.removeprefix("soon ")))
        if text.startswith("work-"):
            back, length = text.removeprefix("work-").split(" ")
            start = (self.work - span(back)).replace(second=0, microsecond=0)
            start -= timedelta(minutes=start.minute % 30)
            return Window(start, start + span(length))
        found = FROM_WINDOW.fullmatch(text)
        if not found:
            raise SceneError(f"no window: {text}")
        if found["day"] == "next":
            return self._next(found["from"], found["to"])
        start = self.moment(f"{found['day']} {found['from']}", booked)
        return Window(start, self.moment(f"{found['day']} {found['to']}", booked))

    def half_day(self, text: str, reported: datetime) -> str:
        """A half-day that suits the owner, ``2026-11-24/am``; ``sat`` is the first Saturday after the report."""
        found = HALF_DAY.fullmatch(text)
        if not found:
            raise SceneError(f"no half-day: {text}")
        day = reported.astimezone(SHANGHAI).date()
        if found["n"] is None:
            day += timedelta(days=(5 - day.weekday()) % 7 or 7)
        else:
            day = shift(day, int(found["n"]), working=found["kind"] == "wd")
        return f"{day.isoformat()}/{found['half']}"

    def _day(self, found: re.Match[str], origin: date, sign: int) -> datetime:
        day = shift(origin, sign * int(found["n"]), working=found["kind"] == "wd")
        return on(day, int(found["hour"]), int(found["minute"]))

    def _next(self, start: str, end: str) -> Window:
        """The first window of these hours on a working day that is still some way ahead."""
        day = self.now.date()
        while not is_workday(day) or _at(day, start) < self.now + AHEAD:
            day += timedelta(days=1)
        return Window(_at(day, start), _at(day, end))

    def _latest_work(self) -> datetime:
        """Now in working hours, once the morning has got going; else the end of the last working day."""
        day = self.now.date()
        if is_workday(day) and self.now.time() >= SETTLED:
            return min(self.now, datetime.combine(day, LEAVES, SHANGHAI))
        return datetime.combine(shift(day, -1, working=True), LEAVES, SHANGHAI)


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


def rounded_up(moment: datetime, minutes: int) -> datetime:
    """The first moment from here on whose minute is a multiple of so many."""
    floor = moment.replace(minute=moment.minute - moment.minute % minutes, second=0, microsecond=0)
    return floor if floor == moment else floor + timedelta(minutes=minutes)
