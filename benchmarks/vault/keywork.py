"""Work on the keys themselves."""

from __future__ import annotations

import time
from uuid import uuid4

from benchmarks.result import Result
from benchmarks.vault.stand import Stand
from portal.vault import Subject, SubjectKind

KEYS = 100_000
AT_ONCE = 5_000


def run(stand: Stand) -> list[Result]:
    """Data keys wrapped again a second when the epoch rolls, everything included: reading, writing, committing."""
    for _ in range(KEYS // AT_ONCE):
        stand.ring.ensure(*(Subject(SubjectKind.PERSON, uuid4()) for _ in range(AT_ONCE)))
    begun = time.perf_counter()
    stand.ring.roll_epoch()
    rate = KEYS / (time.perf_counter() - begun)
    return [Result.at_least(f"rewrap{stand.suffix}", "data keys wrapped again, a second", rate, 100_000, 200_000)]
