"""When things happen in a repair made by seed: people report at all hours, we visit between 9 and 18."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from portal.clock import SHANGHAI
from portal.demo.moments import CLOSES, OPENS, Window, on, rounded_up, shift

SLOTS = ((9, 11), (10, 12), (14, 16), (16, 18))
# How many of a hundred reports come in each hour from 6 to 23: after breakfast, at noon, and above all after dinner.
HOURS = (1, 4, 8, 9, 8, 7, 7, 5, 5, 5, 5, 5, 6, 8, 8, 6, 2, 1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DESK_OPENS, DESK_CLOSES = 8, 18


class Rhythm:
    """Random moments, all in Shanghai time, from one seeded source."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def minutes(self, low: int, high: int) -> timedelta:
        """A length between two numbers of minutes."""
        return self.rng.randint(low, high) * MINUTE

    def report(self, day: date, *, daytime: bool) -> datetime:
        """When a report comes in on a day; in the daytime while a visit the same day is still possible."""
        hour = self.rng.randint(8, 14) if daytime else self.rng.choices(range(6, 24), HOURS)[0]
        return on(day, hour, self.rng.randint(1, 59))

    def at_desk(self, moment: datetime) -> datetime:
        """The moment itself when the dispatch desk is staffed, else a little after it opens again."""
        local = moment.astimezone(SHANGHAI)
        if DESK_OPENS <= local.hour < DESK_CLOSES:
            return local
        day = local.date() + (DAY if local.hour >= DESK_CLOSES else timedelta())
        return on(day, DESK_OPENS, 5) + self.minutes(0, 50)

    def evening_or_later(self, moment: datetime, days: int) -> datetime:
        """When an owner gets round to it: that evening (0 days) or at some hour so many days later."""
        day = moment.astimezone(SHANGHAI).date() + days * DAY
        chosen = on(day, self.rng.randint(8 if days else 18, 21), self.rng.randint(0, 59))
        return max(chosen, moment + self.minutes(9, 50))

    def soon(self, booked: datetime, *, at_once: bool) -> Window:
        """The next hour somebody can be there: in minutes or within the hour, or else first thing in the morning."""
        start = rounded_up(booked + self.minutes(5, 9), 5) if at_once else rounded_up(booked + self.minutes(12, 25), 15)
        if start.hour < OPENS.hour:
            start = on(start.date(), OPENS.hour)
        elif start + HOUR > on(start.date(), CLOSES.hour):
            start = on(start.date() + DAY, OPENS.hour)
        return Window(start, start + HOUR)

    def visit(self, booked: datetime, half: str | None = None) -> Window:
        """A usual window, one to three working days later; now and then a Saturday."""
        local = booked.astimezone(SHANGHAI)
        day = shift(local.date(), self.rng.choice((1, 1, 2, 2, 3)), working=True)
        if local.weekday() in (2, 3, 4) and self.rng.random() < 0.35:
            day = local.date() + (5 - local.weekday()) * DAY
        slots = [slot for slot in SLOTS if half is None or (slot[0] < 12) == (half == "am")]
        first, last = self.rng.choice(slots)
        return Window(on(day, first), on(day, last))

    def working_time(self, moment: datetime, days: int) -> datetime:
        """Some time at work, so many working days later."""
        day = shift(moment.astimezone(SHANGHAI).date(), days, working=True)
        return on(day, self.rng.randint(9, 16), self.rng.randint(0, 59))
