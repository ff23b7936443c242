"""Choosing what the seeded repairs are about: homes, faults and days as they come in a living development."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from portal.clock import SHANGHAI
from portal.demo.defects import Defect
from portal.demo.development import Development, Home
from portal.demo.history import MOSTLY, SOMETIMES, Case, History
from portal.demo.house_types import HouseType
from portal.demo.people import Household, People, Person
from portal.demo.rhythm import MINUTE, Rhythm
from portal.demo.story import State, follow
from portal.demo.tickets import Step, TicketScene
from portal.demo.variants import Cause, Phrases, Variant

BACK = timedelta(days=540)
RECENT = timedelta(days=12)
RECENT_SHARE = 0.18
SETTLING = timedelta(days=2)  # nobody reports before they have moved in
IN_COMMON = 0.07
FILED = 0.16
# How often a home is heard of by its age: most of all while it is new and everything is free of charge.
AGES = ((timedelta(days=365), 0.9), (timedelta(days=730), 1.3), (timedelta(days=1826), 0.55), (timedelta.max, 0.4))

# Why it broke, what was written, and in which room (None: in a common part).
Report = tuple[Cause, str, str | None]


@dataclass(frozen=True)
class Setting:
    """What seeded repairs are made from; ``development`` has been moved to ``now``."""

    development: Development
    people: People
    phrases: Phrases
    defects: Mapping[str, Defect]
    households: Mapping[str, Household]
    now: datetime

    @cached_property
    def reports(self) -> Mapping[tuple[str, str], list[Report]]:
        """What can be said about a defect in a house type, by both codes."""
        pairs = (
            (variant, kind) for variant in self.phrases.defects.values() for kind in self.development.types.values()
        )
        return {(variant.code, kind.code): list(self._reports(variant, kind)) for variant, kind in pairs}

    def tickets(self, rng: random.Random, count: int) -> list[TicketScene]:
        """So many repairs, oldest first; their keys are g001, g002 ..."""
        homes = self._open_homes()
        weights = [_weight(home, self.now) for home in homes]
        made = [self._ticket(rng, home) for home in rng.choices(homes, weights, k=count)]
        made.sort(key=lambda each: each[0])
        return [self._scene(f"g{n:03d}", *each) for n, each in enumerate(made, 1)]

    def _open_homes(self) -> list[Home]:
        """The homes whose owners have moved in and are not of the cast, whose own repairs are written by hand."""
        cast = {code for person in self.people.cast.values() for code in person.homes}
        last = self.now.astimezone(SHANGHAI).date() - 2 * SETTLING
        others = (home for code, home in self.development.homes.items() if code not in cast)
        return [home for home in others if home.handed_over_on < last]

    def _ticket(self, rng: random.Random, home: Home) -> tuple[datetime, Home, Case, random.Random]:
        day = self._day(rng, home)
        variant = self._variant(rng, home, day)
        defect = self.defects[variant.code]
        technician = self.people.technician_for(defect.trade)
        assert technician is not None  # the check of the files has seen to it
        cause, words, space = rng.choice(self.reports[variant.code, home.type.code])
        case = Case(
            variant=variant,
            cause=cause,
            words=words,
            space=space,
            defect=defect,
            household=self.households[home.code],
            reporter=self._reporter(rng, home),
            technician=technician,
            filed=rng.random() < FILED,
            half=rng.choice((None, "am", "pm")),
            lapsed=variant.part is None and defect.lapsed(home.handed_over_on, day),
        )
        reported = Rhythm(rng).report(day, daytime=defect.pressing and rng.random() < 0.9)
        if reported > self.now - 6 * MINUTE:
            reported = self.now.astimezone(SHANGHAI) - rng.randint(6, 200) * MINUTE
        return reported, home, case, random.Random(rng.random())  # noqa: S311 - repeatable, not secret

    def _reporter(self, rng: random.Random, home: Home) -> Person:
        """Mostly the owner."""
        members = self.households[home.code].members
        return members[-1] if rng.random() < SOMETIMES else members[0]

    def _day(self, rng: random.Random, home: Home) -> date:
        today = self.now.astimezone(SHANGHAI).date()
        back = RECENT if rng.random() < RECENT_SHARE else BACK
        first = max(today - back, home.handed_over_on + SETTLING)
        return first + timedelta(days=rng.randint(0, (today - first).days))

    def _variant(self, rng: random.Random, home: Home, day: date) -> Variant:
        common = rng.random() < IN_COMMON
        choices = [each for each in self.phrases.defects.values() if each.in_season(day.month) and each.weight]
        reports = self.reports
        fitting = [each for each in choices if (each.part is not None) == common and reports[each.code, home.type.code]]
        lapsed = [not common and self.defects[each.code].lapsed(home.handed_over_on, day) for each in fitting]
        weights = [each.weight * (0.4 if gone else 1) for each, gone in zip(fitting, lapsed, strict=True)]
        return rng.choices(fitting, weights)[0]

    def _reports(self, variant: Variant, kind: HouseType) -> Iterator[Report]:
        rooms = [code for code in variant.spaces if kind.has(code)]
        spaces: list[str | None] = [None] if variant.part else [*rooms]
        for cause in variant.causes:
            for words in cause.words:
                yield from (
                    (cause, words, space) for space in spaces if space is None or self.phrases.fits(words, space)
                )

    def _scene(self, key: str, reported: datetime, home: Home, case: Case, rng: random.Random) -> TicketScene:
        history = History(case, self.people, self.phrases, rng, reported)
        photos = history.photos("before") if not case.filed and rng.random() < MOSTLY else ()
        steps = tuple(step for step in history.tell(self._slow(case.defect.trade)) if step.at <= self.now)
        part = case.variant.part
        return TicketScene(
            key=key,
            home=None if part else home.code,
            space=case.space,
            part=part,
            building=home.building if part and part != "grounds" else None,
            defect=case.defect.code,
            reporter=history.owner,
            filed_by=history.agent if case.filed else None,
            caller=None,
            at=reported.astimezone(UTC),
            words=f"业主来电：{case.words}" if case.filed else case.words,
            photos=photos,
            preferred=_preferred(case.half, reported),
            call_first=rng.random() >= SOMETIMES,
            state=self._state(steps),
            steps=steps,
        )

    def _slow(self, trade: str) -> bool:
        """Whether a trade has jobs of several days."""
        return any(each.days and self.defects[each.code].trade == trade for each in self.phrases.defects.values())

    def _state(self, steps: Iterable[Step]) -> State:
        state = State.SUBMITTED
        for step in steps:
            person = self.people.cast.get(step.by)
            state = follow(state, step.verb, person.role if person else step.by.partition(":")[0])
        return state


def _weight(home: Home, now: datetime) -> float:
    age = now.astimezone(SHANGHAI).date() - home.handed_over_on
    return next(weight for limit, weight in AGES if age <= limit)


def _preferred(half: str | None, reported: datetime) -> tuple[str, ...]:
    day = reported.astimezone(SHANGHAI).date()
    return tuple(f"{(day + timedelta(days=n)).isoformat()}/{half}" for n in (1, 2)) if half else ()
