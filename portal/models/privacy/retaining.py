"""Applying a retention class: in batches, each in a transaction of its own, with a report of what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from uuid import UUID

from portal import clock
from portal.models.privacy.ends import Drafts, End, Rows, Segments
from portal.models.privacy.over import Cases, Contacts, Tenures
from portal.models.privacy.retention import APPLIED
from portal.models.privacy.retention_run import RetentionRun

BATCH = 200

ENDS: Mapping[str, End] = {
    "draft": Drafts(),
    "session": Rows("session", ("ended_at", "seen_at")),
    "device": Rows("device", ("seen_at",)),
    "link": Rows("link", ("until",)),
    "invite": Rows("household_invite", ("until",)),
    "code": Rows("code", ("made_at",)),
    "job": Rows("job", ("dead_at",)),
    "notice": Rows("notice", ("made_at",)),
    "matter": Tenures(),
    "case": Cases(),
    "contact": Contacts(),
    "audit": Segments(),
    "rights": Rows("erasure", ("ended_at",), parts=(("erasure_hold", "erasure_id"),)),
    "record": Rows("retention_run", ("ended_at", "began_at")),
}


def retain(code: str, *, dry: bool = False, batches: int | None = None) -> Iterator[RetentionRun]:
    """Apply a class; gives its report before and after each batch, and the caller commits each time.

    So the embedded database's write lock is held for a batch, not for the run. A dry one looks and counts only. With
    ``batches`` it stops after so many, and the next run goes on with what is left; its report then has no end.
    """
    kept, way = APPLIED[code], ENDS[code]
    before = kept.lasts.before(clock.now())
    after: UUID | None = None
    run = RetentionRun.begin(code, dry=dry)
    report = run.id
    yield run
    while batches is None or batches > 0:
        found = way.due(before, after, BATCH)
        if found.last is None:
            run.ended_at = clock.now()
            yield run
            return
        over = [one for one in found.ids if one not in found.kept]
        if over and not dry:
            yield run  # no transaction waits for what is outside the database
            way.end(over, report)
        run.count(len(found.ids), Counter(found.kept.values()))
        after = found.last
        batches = None if batches is None else batches - 1
        yield run
