"""Blind indexes made anew from what is sealed: after a restore, and whenever they are in doubt."""

from __future__ import annotations

import structlog

from portal.models.fields.opening import Opened, opened
from portal.models.fields.places import Place, indexed_places
from portal.models.fields.swapping import Change, change, swap
from portal.models.fields.walking import FIRST, Only, Rows, count, walk
from portal.vault import ring
from portal.vault.work import Progress

log = structlog.get_logger()


def rebuild_indexes(progress: Progress) -> int:
    """Fill every index column from the opened groups; returns how many rows were written.

    One of the verbs that commit: each batch by itself, so the caller holds no transaction. Every process may go on
    writing meanwhile. Rows of erased subjects get none; a row that does not open keeps none and is logged. Raises
    KeyStoreError where the key store is older than the database.
    """
    progress.expect(count(indexed_places()))
    return fill_indexes(progress)


def fill_indexes(progress: Progress, phase: bytes = FIRST, only: Only | None = None) -> int:
    """The same for a work of several phases, on the rows it names."""
    return sum(swap(place, rows, _changes) for place, rows in walk(progress, indexed_places(), phase, only))


def _changes(place: Place, rows: Rows) -> list[Change]:
    """What has to be written where the indexes are not what they must be."""
    keyring, changes = ring(), []
    assert place.group is not None
    for row, values in zip(rows, opened(place, rows), strict=True):
        if values is Opened.BROKEN:
            log.warning("index.unreadable", kind=place.name, id=row.id.hex)
        found = place.group.indexed(place.model, {} if isinstance(values, Opened) else values, keyring)
        if any(found[name] != getattr(row, name) for name in found):
            changes.append(change(row, found))
    return changes
