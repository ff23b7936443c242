"""The demonstration as one checked whole: ``load_scenes``, the hand-written repairs, and more of them by seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.clock import SHANGHAI
from portal.demo import checks, defects, development, people, tickets, variants
from portal.demo.checks import Rules
from portal.demo.defects import Defect
from portal.demo.development import Development
from portal.demo.people import Household, People
from portal.demo.reading import SceneError, read
from portal.demo.seeded import Setting
from portal.demo.telling import tell
from portal.demo.tickets import TicketScene, TicketScript
from portal.demo.variants import Phrases

__all__ = ["SEED", "SceneError", "Scenes", "generate", "load_scenes", "written"]

SEED = 2026
HOMES = 300
# A week of mornings, noons and nights: what the times in the scripts depend on.
HOURS_TRIED = (2, 9, 12, 19)


@dataclass(frozen=True)
class Scenes:
    """Everything of the demonstration. For the place as it is at a moment: ``scenes.development.moved_to(now)``."""

    development: Development
    people: People
    tickets: tuple[TicketScript, ...]
    phrases: Phrases
    defects: Mapping[str, Defect]

    def households(self, seed: int = SEED) -> tuple[Household, ...]:
        """Who lives in which home, all 300 of them; the seed decides the names, never the keys or phones."""
        return self.people.households(self.development.homes, seed)


def load_scenes() -> Scenes:
    """Read and check the files; raises SceneError with one line that names what is wrong."""
    scenes = Scenes(
        development=development.parse(read("development.toml")),
        people=people.parse(read("people.toml")),
        tickets=tickets.parse(read("tickets.toml")),
        phrases=variants.parse(read("variants.toml")),
        defects=defects.catalogue(),
    )
    if len(scenes.development.homes) != HOMES:
        raise SceneError(f"development.toml: {len(scenes.development.homes)} homes, not {HOMES}")
    rules = _rules(scenes, scenes.development)
    rules.check_cast()
    rules.check_phrases()
    _check_tickets(scenes)
    return scenes


def written(scenes: Scenes, now: datetime) -> list[TicketScene]:
    """The hand-written repairs as they stand at ``now`` (aware), in the order of the file."""
    return [tell(script, now) for script in scenes.tickets]


def generate(scenes: Scenes, seed: int, count: int, now: datetime) -> list[TicketScene]:
    """So many further repairs up to ``now`` (aware), oldest first; the same seed, count and now give the same."""
    place = scenes.development.moved_to(now)
    households = {each.home: each for each in scenes.households(seed)}
    setting = Setting(place, scenes.people, scenes.phrases, scenes.defects, households, now)
    return setting.tickets(random.Random(seed), count)  # noqa: S311 - repeatable, not secret


def _check_tickets(scenes: Scenes) -> None:
    if len({script.key for script in scenes.tickets}) != len(scenes.tickets):
        raise SceneError("tickets.toml: two tickets have the same key")
    monday = datetime.combine(scenes.development.written_on, datetime.min.time(), SHANGHAI)
    for now in (monday + timedelta(days=day, hours=hour) for day in range(7) for hour in HOURS_TRIED):
        rules, told = _rules(scenes, scenes.development.moved_to(now)), written(scenes, now)
        for scene in told:
            rules.check(scene, now)
        checks.check_cover(told)


def _rules(scenes: Scenes, place: Development) -> Rules:
    return Rules(place, scenes.people, scenes.phrases, scenes.defects)
