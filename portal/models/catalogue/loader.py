"""Loading the files of the catalogue: read and check everything first, then write only what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.models.base import db
from portal.models.catalogue.checks import check
from portal.models.catalogue.dated import Dated
from portal.models.catalogue.reading import Row, read_rows
from portal.models.catalogue.sheets import SHEETS, Sheet

Entries = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened to a table's entries. ``kept`` ones differ in the installation and were left alone."""

    added: int = 0
    changed: int = 0
    closed: int = 0
    unchanged: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class LoadReport:
    """The counts by the model's name."""

    tables: Mapping[str, Counts]

    @property
    def written(self) -> int:
        """How many entries were added, changed or closed."""
        return sum(counts.added + counts.changed + counts.closed for counts in self.tables.values())


def load_catalogue(folder: Path) -> LoadReport:
    """Bring the catalogue tables up to the files of ``folder``, in the caller's transaction.

    An entry that differs is closed today and followed by its next version; one that is no longer in the files is
    closed; the rest is not touched. Raises CatalogueError before anything is written when any file is wrong.
    """
    wanted = read_catalogue(folder)
    return LoadReport({model.__name__: _bring_up(model, entries) for model, entries in wanted.items()})


def read_catalogue(folder: Path) -> dict[type[Dated], dict[str, dict[str, Any]]]:
    """The checked entries of all files: model → code → values. Raises CatalogueError; touches no database."""
    files = {sheet.file: read_rows(folder / sheet.file, sheet.columns) for sheet in SHEETS}
    check(files)
    wanted: dict[type[Dated], dict[str, dict[str, Any]]] = {sheet.model: {} for sheet in SHEETS}
    for sheet in SHEETS:
        wanted[sheet.model].update(_entry(sheet, row) for row in files[sheet.file])
    return wanted


def _entry(sheet: Sheet, row: Row) -> tuple[str, dict[str, Any]]:
    # Calendar files call their key column "date"; its table keeps the day itself beside the code.
    values = {("day" if name == "date" else name): value for name, value in row.values.items() if name != "code"}
    return str(row.values[sheet.key]), values | dict(sheet.fixed)


def _bring_up(model: type[Dated], entries: Entries) -> Counts:
    present = {row.code: row for row in model.in_force()}
    fates = {code: _fate(present.get(code), entries.get(code)) for code in present.keys() | entries.keys()}
    for code, fate in fates.items():
        if fate in {"changed", "closed"}:
            present[code].valid_to = clock.today()
    db.session.flush()  # the index of entries in force allows one version: the old one must go first
    _add(model, {code: entries[code] for code in sorted(fates) if fates[code] in {"added", "changed"}})
    return Counts(**Counter(fate for fate in fates.values() if fate != "foreign"))


def _fate(row: Dated | None, values: Mapping[str, Any] | None) -> str:
    if row is None:
        return "added"
    if not row.shipped:
        return "foreign" if values is None else "kept"
    if values is None:
        return "closed"
    same = all(getattr(row, name) == value for name, value in values.items())
    return "unchanged" if same else "changed"


def _add(model: type[Dated], entries: Entries) -> None:
    newest: dict[str, int] = dict(
        db.session.execute(select(model.code, func.max(model.version)).group_by(model.code)).all()
    )
    for code, values in entries.items():
        db.session.add(model(code=code, version=newest.get(code, 0) + 1, valid_from=clock.today(), **values))
    db.session.flush()
