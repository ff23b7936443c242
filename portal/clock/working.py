"""Which days are worked, and during which hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Protocol

SATURDAY = 5


class DayKind(StrEnum):
    """What a listed day is: off although it may be a weekday, or worked although it is a weekend."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class ListedDay(Protocol):
    """A day the weekend rule does not decide.

    ``kind`` is a DayKind's value. ``published`` is true when the row comes from the yearly notice, and false when it
    was computed ahead of one: then the year still counts as uncovered.
    """

    @property
    def day(self) -> date: ...
    @property
    def kind(self) -> str: ...
    @property
    def published(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Span:
    """Working hours within one day, in Shanghai time. A moment at either end lies inside."""

    begin: time
    end: time


OFFICE_HOURS: Sequence[Span] = (Span(time(9), time(12)), Span(time(13, 30), time(18)))


class WorkingDays:
    """The working calendar: weekends off, unless a listed day says otherwise.

    ``years`` are the covered ones, those with at least one published day. In any other year only the weekends and
    the days computed ahead are off, nothing is made up for, and what comes of it is provisional.
    """

    def __init__(self, rows: Iterable[ListedDay]) -> None:
        listed = list(rows)
        self._kinds = {row.day: row.kind for row in listed}
        self.years = frozenset(row.day.year for row in listed if row.published)

    def is_working(self, day: date) -> bool:
        """Whether the day is worked."""
        kind = self._kinds.get(day)
        return day.weekday() < SATURDAY if kind is None else kind == DayKind.WORKDAY

    def is_holiday(self, day: date) -> bool:
        """Whether the day is off because it is listed, not because of the weekend rule."""
        return self._kinds.get(day) == DayKind.HOLIDAY

    def provisional(self, day: date) -> bool:
        """Whether the day lies in an uncovered year, so that the answer may change with the notice."""
        return day.year not in self.years
