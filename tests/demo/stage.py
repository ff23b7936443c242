"""The scenes as the tests of the demonstration look at them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from portal.demo.checks import Rules
from portal.demo.scenes import SEED, generate, load_scenes, written
from portal.demo.tickets import TicketScene

SCENES = load_scenes()
NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
NOWS = [
    NOW,
    datetime(2026, 11, 22, 18, 5, tzinfo=UTC),  # a Monday, two in the morning in Shanghai
    datetime(2026, 10, 4, 4, 0, tzinfo=UTC),  # inside the long holiday
    datetime(2026, 2, 20, 1, 10, tzinfo=UTC),  # inside the Spring Festival
    datetime(2027, 6, 30, 9, 59, tzinfo=UTC),
    datetime(2031, 3, 3, 3, 3, tzinfo=UTC),  # years after it was written
]
SEEDED = 276


@cache
def everything(now: datetime = NOW, seed: int = SEED) -> list[TicketScene]:
    """The 300 repairs: the hand-written ones first."""
    return written(SCENES, now) + generate(SCENES, seed, SEEDED, now)


def seeded(now: datetime = NOW, seed: int = SEED) -> list[TicketScene]:
    """Those made by seed."""
    return everything(now, seed)[-SEEDED:]


def told(key: str) -> TicketScene:
    """One of the hand-written repairs."""
    return next(scene for scene in everything() if scene.key == key)


def rules(now: datetime) -> Rules:
    """What judges scenes at a moment."""
    return Rules(SCENES.development.moved_to(now), SCENES.people, SCENES.phrases, SCENES.defects)
