"""Whether everything opens and every index is the one of its value: what nobody reads for years is looked at, too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func

from portal.models.fields.opening import Opened, looked_into
from portal.models.fields.places import Place, places
from portal.models.fields.walking import BATCH, Rows, again, count, read, rest, walk
from portal.vault import ring
from portal.vault.work import Progress

SECRETS = "vault_secret"
SHOWN = 1000  # failures that are named; more are counted


class Wrong(StrEnum):
    """What can be found, for the operator."""

    BROKEN = "does not open"
    KEYLESS = "has no key: the key store is older than the database"
    INDEX = "has a wrong index"
    OBJECT = "its object does not open"


@dataclass(frozen=True, slots=True)
class Failure:
    """One row, named by its table and id, never by a value."""

    table: str
    row: str
    wrong: Wrong


@dataclass(slots=True)
class Report:
    """What was looked at, by label or table of the stores, and what was wrong."""

    opened: Counter[str] = field(default_factory=Counter)
    erased: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    failed: int = 0

    def fail(self, table: str, row: str, wrong: Wrong) -> None:
        """Count and name what does not hold."""
        self.failed += 1
        if len(self.failures) < SHOWN:
            self.failures.append(Failure(table, row, wrong))


def verify(progress: Progress, report: Report, opens: Callable[[UUID], bool] | None = None) -> None:
    """Open every secret, epoch and data key and every sealed row; make every index anew and compare.

    ``opens`` looks at the object of a file. Reads only. A killed one goes on behind the rows it had
    looked at, but for those from the first failure on: they are found again.
    """
    progress.expect(count(places()))
    if not verify_keys(report):
        return
    for place, rows in walk(progress, places(), hold=lambda: report.failed):
        _look(place, rows, report, opens)


def verify_sample(progress: Progress, report: Report, most: int, opens: Callable[[UUID], bool] | None = None) -> None:
    """The same for the keys and at most so many rows of each place, picked by chance."""
    listed = places()
    progress.expect(most * len(listed))
    if not verify_keys(report):
        return
    for place in listed:
        picked = [
            row.id for row in read(place, place.table.c[place.column].is_not(None), order=func.random(), limit=most)
        ]
        for start in range(0, len(picked), BATCH):
            _look(place, read(place, place.table.c.id.in_(picked[start : start + BATCH])), report, opens)
            rest()
        progress.advance(most)


def verify_keys(report: Report) -> bool:
    """Open what the two stores hold; whether no secret is missing, without which no index can be made."""
    sound = True
    for kept in ring().kept():
        report.opened[kept.table] += kept.opens
        if not kept.opens:
            report.fail(kept.table, kept.name, Wrong.BROKEN)
            sound = sound and kept.table != SECRETS
    return sound


def _look(place: Place, rows: Rows, report: Report, opens: Callable[[UUID], bool] | None) -> None:
    suspects = [row for row, wrong in _wrong(place, rows, report, opens) if wrong is not None]
    if not suspects:
        return
    # Somebody may have erased, or a rotation gone on, between the row and its key: what is still wrong is.
    for row, wrong in _wrong(place, again(place, suspects), Report(), opens):
        if wrong is not None:
            report.fail(place.table.name, str(row.id), wrong)


def _wrong(
    place: Place, rows: Rows, report: Report, opens: Callable[[UUID], bool] | None
) -> Iterator[tuple[Any, Wrong | None]]:
    for row, values in zip(rows, looked_into(place, rows), strict=True):
        report.opened[place.label] += not isinstance(values, Opened)
        report.erased[place.label] += values is Opened.ERASED
        if values is Opened.BROKEN or values is Opened.KEYLESS:
            yield row, Wrong[values.name]
        elif not _indexed(place, row, {} if isinstance(values, Opened) else values):
            yield row, Wrong.INDEX
        elif place.group is None and opens is not None and not isinstance(values, Opened) and not opens(row.id):
            yield row, Wrong.OBJECT
        else:
            yield row, None


def _indexed(place: Place, row: Any, values: Any) -> bool:
    """Whether every index is that of its value; a column that a rotation is filling may still be empty."""
    if place.group is None:
        return True
    unfilled = {number for number, slot in ring().index_slots().items() if not slot.filled}
    empty = {index.columns[number] for index in place.group.indexes.values() for number in unfilled}
    found = place.group.indexed(place.model, values, ring())
    return all(
        getattr(row, name) == kept or (name in empty and getattr(row, name) is None) for name, kept in found.items()
    )
