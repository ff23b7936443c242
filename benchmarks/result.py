"""The shape every benchmark answers in, and the line it prints last."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import version

PACKAGES = ("flask", "sqlalchemy", "uvicorn", "a2wsgi", "cryptography", "jinja2")


@dataclass(frozen=True)
class Result:
    """One goal: what was measured, the ratio (or bound) and whether it is on the right side of the floor."""

    goal: str
    what: str
    ratio: float
    floor: float
    extreme: float
    holds: bool

    @classmethod
    def at_least(cls, goal: str, what: str, ratio: float, floor: float, extreme: float) -> Result:
        """More is better."""
        return cls(goal, what, round(ratio, 3), floor, extreme, ratio >= floor)

    @classmethod
    def at_most(cls, goal: str, what: str, ratio: float, floor: float, extreme: float) -> Result:
        """Less is better."""
        return cls(goal, what, round(ratio, 3), floor, extreme, ratio <= floor)


def line(name: str, results: list[Result]) -> str:
    """The one JSON object of a benchmark."""
    return json.dumps(
        {
            "name": name,
            "results": [asdict(result) for result in results],
            "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
            "machine": {"cpus": _cpus(), "system": platform.platform(), "byteorder": sys.byteorder},
        },
        ensure_ascii=False,
    )


def _cpus() -> int:
    import os

    return len(os.sched_getaffinity(0))
