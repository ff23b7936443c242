"""The one table of recurring work."""

from __future__ import annotations

from datetime import timedelta

from portal import clock
from portal.models.privacy.retention import APPLIED
from portal.models.queue import later

EVERY: dict[str, timedelta] = {
    "audit.nightly": timedelta(days=1),
    "files.sweep_objects": timedelta(days=1),
    "files.sweep_unfinished": timedelta(days=1),
    "vault.drop_versions": timedelta(hours=1),
    "vault.roll_epoch": timedelta(days=1),
    "vault.verify_sample": timedelta(days=1),
    **{kept.job: kept.every for kept in APPLIED.values()},
}


def plan(kind: str | None = None) -> None:
    """Put the next run of a recurring job on the table; without a kind, the first run of those that have none."""
    for name in [kind] if kind else EVERY:
        if name in EVERY:
            later(name, at=clock.now() + (EVERY[name] if kind else timedelta()), key=f"schedule:{name}")
