"""The scenes as the tests of the demonstration look at them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from portal.demo.checks import Rules
from portal.demo.scenes import SEED, generate, load_scenes, written
from portal.demo.tickets import TicketScene

SCENES = load_scenes()
NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
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
