"""The demonstration's photos: drawn in code, ink and wash on paper, so that no picture of anybody's home is shipped."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache

from portal.demo import fittings, surfaces, wet_rooms
from portal.demo.sheet import Sheet

Subject = Callable[[Sheet, bool], None]

SUBJECTS: dict[str, Subject] = {
    "cabinet": fittings.cabinet,
    "ceiling": surfaces.ceiling,
    "crack": surfaces.crack,
    "drain": wet_rooms.drain,
    "floor": surfaces.floor,
    "lamp": fittings.lamp,
    "lock": fittings.lock,
    "panel": fittings.panel,
    "pipe": wet_rooms.pipe,
    "shower": wet_rooms.shower,
    "socket": fittings.socket,
    "tile": surfaces.tile,
    "toilet": wet_rooms.toilet,
    "vent": fittings.vent,
    "window": surfaces.window,
}
WATER_TEST = "water-test"
KINDS = frozenset({f"{subject}-{stage}" for subject in SUBJECTS for stage in ("before", "after")} | {WATER_TEST})


@lru_cache(maxsize=256)
def draw(kind: str, seed: int) -> bytes:
    """A JPEG of 800 × 600; the same kind and seed give the same bytes. Raises ValueError for an unknown kind."""
    if kind not in KINDS:
        raise ValueError(f"no picture of {kind!r}")
    subject, _, stage = kind.rpartition("-")
    rng = random.Random(f"{kind}:{seed}")  # noqa: S311 - repeatable, not secret
    sheet = Sheet(rng)
    picture = wet_rooms.water_test if kind == WATER_TEST else SUBJECTS[subject]
    picture(sheet, stage == "after")
    return sheet.jpeg(mirrored=rng.random() < 0.5, turn=rng.uniform(-1.8, 1.8), share=rng.uniform(0.88, 0.96))
