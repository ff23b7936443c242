"""Due moments and the sums that explain them. Pure: the working calendar is handed in.

Shanghai has kept one offset since 1991, so wall-clock arithmetic is exact here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from portal.clock.present import SHANGHAI
from portal.clock.working import OFFICE_HOURS, Span, WorkingDays

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class Unit(StrEnum):
    """What a limit counts: minutes day and night, minutes within working hours, or working days."""

    MINUTE = "minute"
    WORKING_MINUTE = "working_minute"
    WORKING_DAY = "working_day"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take; ``amount`` is at least 1 of ``unit``."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError("a limit is at least 1")


class Step(StrEnum):
    """What a line of the sum says."""

    STARTED = "started"
    COUNTED = "counted"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sum, in UTC.

    STARTED runs from the moment it began to the moment it counts from (for something late on a day or on a day off
    the latter is the end of that day's hours). COUNTED is time, or one working day, that counts; WEEKEND and HOLIDAY
    are days, midnight to midnight in Shanghai, that do not.
    """

    step: Step
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A due moment (UTC), the lines that explain it, and whether a day it rests on lies in an uncovered year."""

    at: datetime
    provisional: bool
    lines: tuple[Line, ...]


def due(start: datetime, limit: Limit, days: WorkingDays, spans: Sequence[Span] = OFFICE_HOURS) -> Due:
    """When ``limit`` is used up for something that began at ``start`` (aware).

    Minutes run day and night. Working minutes run inside ``spans`` on working days. Working days keep the time of
    day: the so-many-th working day after the day of the start, at the same time, which is first brought into the
    working hours: early or between two spans to the next beginning; late, or on a day off, to the end of the last.
    """
    _require_zone(start)
    if limit.unit is Unit.MINUTE:
        end = start.astimezone(UTC) + limit.amount * MINUTE
        return Due(end, False, (_line(Step.STARTED, start, start), _line(Step.COUNTED, start, end)))
    local = start.astimezone(SHANGHAI)
    if limit.unit is Unit.WORKING_DAY:
        return _after_days(local, limit.amount, days, spans)
    return _after_minutes(local, limit.amount * MINUTE, days, spans)


def working_minutes(begin: datetime, end: datetime, days: WorkingDays, spans: Sequence[Span] = OFFICE_HOURS) -> int:
    """The working minutes between two moments (aware), a begun one counted in full; 0 when ``end`` is not later.

    What is left of a working limit while its clock stands still is this, and resumes as a limit of working minutes.
    """
    _require_zone(begin)
    _require_zone(end)
    stop, total = end.astimezone(SHANGHAI), timedelta()
    for day in _days_from(begin.astimezone(SHANGHAI).date()):
        if day > stop.date():
            break
        for opens, closes in _hours(day, begin.astimezone(SHANGHAI), days, spans):
            total += max(min(closes, stop) - opens, timedelta())
    return -(-total // MINUTE)


def _after_days(local: datetime, amount: int, days: WorkingDays, spans: Sequence[Span]) -> Due:
    on_time = _within(local, days, spans)
    lines = [_line(Step.STARTED, local, datetime.combine(local.date(), on_time, SHANGHAI))]
    lines += _off(local.date(), days)
    left = amount
    for day in _days_from(local.date() + DAY):
        if days.is_working(day):
            left -= 1
            lines.append(_whole(Step.COUNTED, day))
        lines += _off(day, days)
        if not left:
            break
    return _due(datetime.combine(day, on_time, SHANGHAI), lines, days)


def _after_minutes(local: datetime, left: timedelta, days: WorkingDays, spans: Sequence[Span]) -> Due:
    lines = [_line(Step.STARTED, local, local)]
    for day in _days_from(local.date()):
        lines += _off(day, days)
        for opens, closes in _hours(day, local, days, spans):
            end = min(closes, opens + left)
            lines.append(_line(Step.COUNTED, opens, end))
            left -= end - opens
            if not left:
                return _due(end, lines, days)
    raise AssertionError("the days do not end")


def _due(end: datetime, lines: Sequence[Line], days: WorkingDays) -> Due:
    rested_on = {line.begin.astimezone(SHANGHAI).date() for line in lines}
    return Due(end.astimezone(UTC), any(map(days.provisional, rested_on)), tuple(lines))


def _within(local: datetime, days: WorkingDays, spans: Sequence[Span]) -> time:
    if days.is_working(local.date()):
        for span in spans:
            if local.time() <= span.end:
                return max(local.time(), span.begin)
    return spans[-1].end


def _hours(day: date, since: datetime, days: WorkingDays, spans: Sequence[Span]) -> Iterator[tuple[datetime, datetime]]:
    if not days.is_working(day):
        return
    for span in spans:
        opens = max(datetime.combine(day, span.begin, SHANGHAI), since)
        closes = datetime.combine(day, span.end, SHANGHAI)
        if opens < closes:
            yield opens, closes


def _off(day: date, days: WorkingDays) -> list[Line]:
    if days.is_working(day):
        return []
    return [_whole(Step.HOLIDAY if days.is_holiday(day) else Step.WEEKEND, day)]


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += DAY


def _whole(step: Step, day: date) -> Line:
    midnight = datetime.combine(day, time(), SHANGHAI)
    return _line(step, midnight, midnight + DAY)


def _line(step: Step, begin: datetime, end: datetime) -> Line:
    return Line(step, begin.astimezone(UTC), end.astimezone(UTC))


def _require_zone(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
