"""One repair made by seed, told to its end; the caller cuts it off at the present moment."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from portal.demo.defects import Defect
from portal.demo.moments import Window
from portal.demo.people import Household, People, Person
from portal.demo.rhythm import MINUTE, Rhythm
from portal.demo.tickets import Ratings, Step
from portal.demo.variants import Cause, Phrases, Variant

PHOTO_SEEDS = 3  # few, so that the drawn pictures can be kept
RARELY, SOMETIMES, OFTEN, MOSTLY = 0.07, 0.2, 0.4, 0.6
MOODS = ("glad", "fair", "cross")
# How many of a hundred owners are in each mood: after a smooth repair, after one slip, after more.
LIKELY = ((80, 17, 3), (35, 45, 20), (10, 55, 35))
# What they give for quality, speed and manner.
SCORES = {
    "glad": ((4, 5, 5, 5), (4, 5, 5), (5, 5, 5, 4)),
    "fair": ((4, 4, 3), (3, 4, 3), (4, 5)),
    "cross": ((3, 2), (1, 2), (2, 3, 4)),
}


@dataclass(frozen=True, slots=True)
class Case:
    """What a seeded repair is about. ``lapsed``: the warranty had ended when it was reported."""

    variant: Variant
    cause: Cause
    words: str
    space: str | None
    defect: Defect
    household: Household
    reporter: Person
    technician: Person
    filed: bool
    half: str | None
    lapsed: bool


class History:
    """Tells the steps of one case in order; every choice comes from ``rng``."""

    def __init__(self, case: Case, people: People, phrases: Phrases, rng: random.Random, reported: datetime) -> None:
        self.case, self.phrases, self.rng = case, phrases, rng
        self.rhythm = Rhythm(rng)
        self.agent = people.of_role("service_agent")[0].key
        self.dispatcher = people.of_role("dispatcher")[0].key
        self.manager = people.of_role("manager")[0].key
        self.owner = case.reporter.key
        self.worker = case.technician.key
        self.last = reported
        self.steps: list[Step] = []
        self.trouble = 0

    @property
    def at_home(self) -> bool:
        """Whether it is inside a home; else in a common part."""
        return self.case.variant.part is None

    def tell(self, slow: bool) -> list[Step]:
        """All steps; ``slow`` says that the trade's own progress words are meant for jobs of several days."""
        self._acknowledge()
        if self._chance(RARELY) and not self.case.defect.pressing and self.at_home:
            self._withdraw()
            return self.steps
        self._book(self.dispatcher)
        self._talk_about_visit()
        self._work(slow)
        self._check()
        if self._chance(RARELY) and self.at_home:
            self._again()
        self._sign()
        return self.steps

    def _add(self, verb: str, by: str, at: datetime, **fields: Any) -> None:
        self.last = max(at, self.last + MINUTE)
        self.steps.append(Step(verb, by, self.last.astimezone(UTC), **fields))

    def _after(self, low: int, high: int) -> datetime:
        return self.last + self.rhythm.minutes(low, high)

    def _say(self, by: str, at: datetime, key: str) -> None:
        words = self.rng.choice(self.phrases.talk[key])
        self._add("message", by, at, words=words)

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _acknowledge(self) -> None:
        prompt, slack = {"emergency": ((1, 4), (6, 15)), "urgent": ((4, 26), (36, 90))}.get(
            self.case.defect.priority, ((8, 100), (130, 320))
        )
        late = self._chance(RARELY)
        self._add("acknowledge", self.agent, self._after(*(slack if late else prompt)))
        if late:
            self.trouble += 1
            self._say(self.agent, self._after(1, 5), "late_reply")
        if self.case.lapsed:
            self._say(self.agent, self._after(1, 9), "paid")

    def _withdraw(self) -> None:
        excuse = self.rng.choice(self.phrases.withdrawn)
        at = self.rhythm.evening_or_later(self.last, self.rng.choice((0, 1)))
        self._add("message", self.owner, at, words=excuse.words)
        self._add("withdraw", self.owner, self._after(1, 4), reasons=excuse.reasons)

    def _book(self, by: str) -> None:
        at_once = self.case.defect.priority == "emergency"
        if self.case.defect.pressing:
            at = self._after(1, 4) if at_once else self._after(4, 18)
            self.visit = self.rhythm.soon(at, at_once=at_once)
        else:
            at = self.rhythm.at_desk(self._after(10, 75))
            self.visit = self.rhythm.visit(at, self.case.half)
        booked = Window(self.visit.start.astimezone(UTC), self.visit.end.astimezone(UTC))
        self._add("book", by, at, technician=self.worker, visit=booked)

    def _talk_about_visit(self) -> None:
        hurry = self.case.defect.priority == "emergency"
        words = self.rng.choice(self.phrases.talk["hurry" if hurry else "booked" if self.at_home else "booked_common"])
        words = words.replace("{who}", self.case.technician.surname).replace("{visit}", self.visit.words)
        self._add("message", self.agent, self._after(1, 6), words=words)
        if not self.case.filed and self._chance(OFTEN):
            self._say(self.owner, self._after(2, 5), "owner_ok" if self.at_home else "owner_ok_common")
        elif not self.case.filed and self._chance(SOMETIMES) and not self.case.defect.pressing and self.at_home:
            self._ask()
        if self._chance(SOMETIMES / 2):
            self._add("note", self.dispatcher, self._after(1, 4), words=self.rng.choice(self.phrases.talk["notes"]))

    def _ask(self) -> None:
        question = self.rng.choice(self.phrases.questions)
        self._add("message", self.owner, self._after(3, 9), words=question.asks)
        self._add("message", self.worker, self._after(3, 15), words=question.answer)

    def _arrive(self) -> None:
        if self._chance(RARELY / 2):
            self.trouble += 1
            self._say(self.worker, self.visit.end - self.rhythm.minutes(5, 20), "late_visit")
            self._add("start", self.worker, self.visit.end + self.rhythm.minutes(15, 50))
        else:
            self._add("start", self.worker, self.visit.start + self.rhythm.minutes(1, 18))

    def _work(self, slow: bool) -> None:
        variant, trade = self.case.variant, self.phrases.trades[self.case.defect.trade]
        self._arrive()
        if variant.days or self._chance(OFTEN):
            photos = self.photos("before") if self._chance(SOMETIMES) else ()
            self._add("post_progress", self.worker, self._after(15, 50), words=self.case.cause.found, photos=photos)
        if variant.days:
            done = self._keep_going(variant.days)
        else:
            if not slow and self._chance(SOMETIMES):
                self._add("post_progress", self.worker, self._after(8, 20), words=self.rng.choice(trade.progress))
            done = self._after(30, 100)
        words = self.case.cause.done + (self.rng.choice(trade.finish) if self._chance(OFTEN) else "")
        self._finish(done, words)

    def _keep_going(self, days: int) -> datetime:
        """A word half-way through a job of several working days; when it will be done."""
        half = days // 2
        if half:
            going = self.case.variant.going or self.phrases.trades[self.case.defect.trade].progress
            at = self.rhythm.working_time(self.last, half)
            self._add("post_progress", self.worker, at, words=self.rng.choice(going))
        return self.rhythm.working_time(self.last, days - half)

    def _finish(self, at: datetime, words: str) -> None:
        self._add("finish", self.worker, at, words=words, photos=self.photos("after") if self._chance(MOSTLY) else ())

    def _check(self) -> None:
        checker = self.manager if self._chance(SOMETIMES) else self.dispatcher
        if self._chance(RARELY):
            self.trouble += 1
            words = self.rng.choice(self.phrases.talk["send_back"])
            self._add("send_back", checker, self.rhythm.at_desk(self._after(30, 150)), words=words)
            self._finish(self.rhythm.working_time(self.last, 1), self.rng.choice(self.phrases.talk["redone"]))
        self._add("pass_check", checker, self.rhythm.at_desk(self._after(25, 170)))

    def _again(self) -> None:
        """Another round: the owner does not sign, the manager answers and sends somebody once more."""
        self.trouble += 2
        excuse = self.rng.choice(self.phrases.wrong)
        photos = self.photos("before") if self._chance(OFTEN) else ()
        at = self.rhythm.evening_or_later(self.last, self.rng.randint(1, 3))
        self._add("reject", self.owner, at, words=excuse.words, reasons=excuse.reasons, photos=photos)
        self._say(self.manager, self.rhythm.at_desk(self._after(10, 60)), "sorry")
        self._book(self.manager)
        self._arrive()
        self._finish(self._after(40, 100), self.rng.choice(self.phrases.talk["again"]))
        self._check()

    def _sign(self) -> None:
        mood = self.rng.choices(MOODS, LIKELY[min(self.trouble, 2)])[0]
        quality, speed, manner = (self.rng.choice(scores) for scores in SCORES[mood])
        others = [each.key for each in self.case.household.members if each is not self.case.reporter]
        by = others[0] if others and self.at_home and self._chance(SOMETIMES) else self.owner
        at = self.rhythm.evening_or_later(self.last, self.rng.choice((0, 0, 0, 1, 1, 1, 2, 3, 4, 6)))
        comment = self.rng.choice(self.phrases.comments[mood if self.at_home or mood != "glad" else "common"])
        self._add("accept", by, at, ratings=Ratings(quality, speed, manner), words=comment)

    def photos(self, stage: str) -> tuple[str, ...]:
        """One or two pictures of the case's subject, before or after."""
        seeds: Sequence[int] = self.rng.sample(range(1, PHOTO_SEEDS + 1), 2 if self._chance(SOMETIMES / 2) else 1)
        return tuple(f"{self.case.variant.photo}-{stage}:{seed}" for seed in seeds)
