"""What must hold between the rows and files of the catalogue. Each check raises CatalogueError at the row at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy import inspect

from portal.models.catalogue.reading import Row
from portal.models.catalogue.service_limit import MEASURES
from portal.models.catalogue.sheets import (
    CALENDAR_DAYS,
    CATEGORIES,
    DEFECTS,
    SERVICE_LIMITS,
    SHEETS,
    STATUTORY_DAYS,
    WARRANTY_TERMS,
    Sheet,
)
from portal.models.catalogue.warranty_term import COUNTED, OTHER

Files = Mapping[str, Sequence[Row]]


def check(files: Files) -> None:
    """Raise CatalogueError for the first thing that does not hold; ``files`` maps file names to their rows."""
    for sheet in SHEETS:
        _keys_once(sheet, files[sheet.file])
        _lengths(sheet, files[sheet.file])
        _both_languages(files[sheet.file])
    for one in CHECKS:
        one(files)


def _keys_once(sheet: Sheet, rows: Iterable[Row]) -> None:
    seen: dict[object, int] = {}
    for row in rows:
        key = row.values[sheet.key]
        if key in seen:
            raise row.wrong(sheet.key, f"{key} stands in row {seen[key]} already")
        seen[key] = row.number


def _lengths(sheet: Sheet, rows: Iterable[Row]) -> None:
    columns = inspect(sheet.model).local_table.c
    for row in rows:
        for name, value in row.values.items():
            longest = getattr(columns[name].type, "length", None) if name in columns else None
            if isinstance(value, str) and longest is not None and len(value) > longest:
                raise row.wrong(name, f"{len(value)} characters where {longest} fit")


def _both_languages(rows: Iterable[Row]) -> None:
    for row in rows:
        for name in row.values:
            other = name.removesuffix("_zh") + "_en"
            if name.endswith("_zh") and (row.values[name] is None) != (row.values[other] is None):
                raise row.wrong(other, f"{name} and {other} go together")


def _defects_belong(files: Files) -> None:
    categories = {row.values["code"] for row in files[CATEGORIES.file]}
    classes = {name for row in files[WARRANTY_TERMS.file] for name in row.values["classes"]} | {OTHER}
    for row in files[DEFECTS.file]:
        if row.values["category"] not in categories:
            raise row.wrong("category", f"{row.values['category']} is not in {CATEGORIES.file}")
        if row.values["warranty_class"] not in classes:
            raise row.wrong("warranty_class", f"{row.values['warranty_class']} is not in {WARRANTY_TERMS.file}")


def _terms_count(files: Files) -> None:
    known = {row.values["code"] for row in files[WARRANTY_TERMS.file]}
    for row in files[WARRANTY_TERMS.file]:
        unit = row.values["unit"]
        if (row.values["amount"] is not None) != (unit in COUNTED):
            raise row.wrong("amount", f"{unit} takes {'a' if unit in COUNTED else 'no'} number")
        if row.values["superseded_by"] not in known | {None}:
            raise row.wrong("superseded_by", f"there is no term {row.values['superseded_by']}")


def _one_term_for_a_class(files: Files) -> None:
    taken: dict[str, int] = {}
    for row in files[WARRANTY_TERMS.file]:
        for name in row.values["classes"] if row.values["owner_default"] else ():
            if name in taken:
                raise row.wrong("classes", f"{name} has its owner's default in row {taken[name]} already")
            taken[name] = row.number


def _one_rule_for_a_step(files: Files) -> None:
    taken: dict[tuple[str, str], int] = {}
    for row in files[SERVICE_LIMITS.file]:
        values = row.values
        if not values["adopted"]:
            continue
        if values["amount"] is None:
            raise row.wrong("amount", "an adopted limit needs a number")
        if (values["unit"], values["clock"]) not in MEASURES:
            raise row.wrong("unit", f"{values['unit']} cannot be counted on a {values['clock']} clock")
        step = (values["priority"], values["metric"])
        if step in taken:
            raise row.wrong("adopted", f"{' '.join(step)} is adopted in row {taken[step]} already")
        taken[step] = row.number


def _years_apart(files: Files) -> None:
    published = {row.values["date"].year for row in files[CALENDAR_DAYS.file]}
    for row in files[STATUTORY_DAYS.file]:
        if row.values["date"].year in published:
            raise row.wrong("date", f"{row.values['date'].year} is published in {CALENDAR_DAYS.file}")


CHECKS: tuple[Callable[[Files], None], ...] = (
    _defects_belong,
    _terms_count,
    _one_term_for_a_class,
    _one_rule_for_a_step,
    _years_apart,
)
