"""The retention classes as work: a transaction for each batch, at most so many batches at once."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.errors import Refused
from portal.models.privacy.dropping import begin_after, newest_day
from portal.models.privacy.retaining import retain
from portal.models.privacy.retention import APPLIED, Ending
from portal.models.privacy.shredding import overwrite

# 40,000 rows: within the two minutes that a job is leased for. What is left waits for the next run.
MOST_BATCHES = 200


def apply_class(code: str, *, dry: bool = False, batches: int | None = MOST_BATCHES) -> UUID:
    """Apply a class, committing after each batch; returns the id of its report."""
    if APPLIED[code].ending == Ending.DROP and not dry:
        _begin_segment()
    for run in retain(code, dry=dry, batches=batches):
        report = run.id
        db.session.commit()
    if APPLIED[code].ending == Ending.ERASE and not dry:
        overwrite()
    return report


def _begin_segment() -> None:
    """Let the chain of events begin at the newest checkpoint that is old enough; before that, none of them may go."""
    with suppress(Refused):
        begin_after(newest_day(), by=SYSTEM)
    db.session.commit()
