"""Recurring work on keys; where a command is at work on them, the next time will do."""

from __future__ import annotations

from contextlib import suppress

import structlog

from portal.models.fields.dropping import drop_old_versions, ripe
from portal.models.fields.verifying import Report, verify_sample
from portal.models.privacy.ledger import ledger
from portal.vault import Busy, KeyStoreError, ring

SAMPLE = 200

log = structlog.get_logger()


def drop_versions() -> None:
    """Delete the versions of data keys that no row names any more."""
    if ripe():
        with suppress(Busy), ring().works.alone("drop-versions") as progress:
            drop_old_versions(progress)


def look_at_sample() -> None:
    """Read the erasure ledger, open every key and some rows of each sort; one line in the log when one is wrong."""
    _look_at_ledger()
    report = Report()
    with suppress(Busy), ring().works.alone("verify-sample") as progress:
        verify_sample(progress, report, SAMPLE)
    if report.failed:
        first = report.failures[0]
        log.error("vault.unsound", kind=first.table, id=first.row, error=f"{first.wrong}; {report.failed} in all")


def _look_at_ledger() -> None:
    try:
        ledger().entries()
    except KeyStoreError as error:
        log.error("vault.unsound", kind="erasure_ledger", id="", error=str(error))
