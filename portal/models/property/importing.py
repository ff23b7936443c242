"""A development's list of homes from a CSV file: checked whole, then written, or not at all."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.models.base import db
from portal.models.property.development import Building, Development, Entrance
from portal.models.property.home import Home, HouseType

COLUMNS = ("building", "entrance", "number", "floor", "house_type", "area", "handed_over_on")
UNTYPED = "-"
NEEDED = ("building", "number", "floor")


class HomesError(Exception):
    """The file cannot be imported; ``lines`` name row, column and reason, one each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(lines[0])
        self.lines = lines


@dataclass(frozen=True, slots=True)
class HomesReport:
    """What an import did, in homes."""

    added: int
    changed: int
    same: int


@dataclass(frozen=True, slots=True)
class HomeRow:
    """One line of the file, checked. Labels are text."""

    building: str
    entrance: str
    number: str
    floor: str
    house_type: str
    area: Decimal | None
    handed_over_on: date | None


def import_homes(file: Path, development: Development) -> HomesReport:
    """Add the homes of a CSV with a header (UTF-8, a BOM is fine) to a development; the caller commits.

    A home that is there already takes the file's house type, area and handover date where the file names them; nothing
    is removed. Raises HomesError with every bad cell before anything is written.
    """
    rows = read(file)
    types = {row.code: row for row in db.session.scalars(_of(HouseType, development.id))}
    places = _Places(development)
    added = changed = 0
    for row in rows:
        entrance = places.entrance(row.building, row.entrance)
        home = db.session.scalar(select(Home).where(Home.entrance_id == entrance.id, Home.number == row.number))
        if home is None:
            home = Home(development_id=development.id, entrance=entrance, number=row.number, floor=row.floor)
            db.session.add(home)
            added += 1
            _fill(home, row, _house_type(types, row.house_type, development))
        elif _fill(home, row, _house_type(types, row.house_type, development) if row.house_type else None):
            changed += 1
    db.session.flush()
    return HomesReport(added, changed, len(rows) - added - changed)


def read(file: Path) -> list[HomeRow]:
    """The checked rows of a file; raises HomesError with a line for every bad cell."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise HomesError([f"row 1: the column {name} is missing" for name in missing])
            lines = list(reader)
    except UnicodeDecodeError:
        raise HomesError(["the file is not UTF-8; save it as CSV UTF-8"]) from None
    errors: list[str] = []
    rows = [_row(number, line, errors) for number, line in enumerate(lines, 2)]
    errors += _twice(rows)
    if errors or not rows:
        raise HomesError(errors or ["the file has no rows"])
    return rows


def _row(number: int, line: dict[str, Any], errors: list[str]) -> HomeRow:
    cell = {name: (line.get(name) or "").strip() for name in COLUMNS}
    for name in NEEDED:
        if not cell[name]:
            errors.append(f"row {number}, {name}: is empty")
    for name, most in (("building", 16), ("entrance", 16), ("number", 16), ("floor", 8), ("house_type", 16)):
        if len(cell[name]) > most:
            errors.append(f"row {number}, {name}: is longer than {most} characters")
    area = handed_over_on = None
    try:
        area = Decimal(cell["area"]) if cell["area"] else None
        if area is not None and not 0 < area < 100_000:
            raise InvalidOperation
    except InvalidOperation:
        errors.append(f"row {number}, area: {cell['area']!r} is no area in square metres")
    try:
        handed_over_on = date.fromisoformat(cell["handed_over_on"]) if cell["handed_over_on"] else None
    except ValueError:
        errors.append(f"row {number}, handed_over_on: {cell['handed_over_on']!r} is no day such as 2025-06-28")
    place = (cell["building"], cell["entrance"], cell["number"], cell["floor"], cell["house_type"])
    return HomeRow(*place, area, handed_over_on)


def _twice(rows: Iterable[HomeRow]) -> list[str]:
    seen: dict[tuple[str, str, str], int] = {}
    errors = []
    for number, row in enumerate(rows, 2):
        first = seen.setdefault((row.building, row.entrance, row.number), number)
        if first != number:
            errors.append(f"row {number}, number: the same home stands in row {first}")
    return errors


def _of(model: type[Any], development_id: UUID) -> Any:
    return select(model).where(model.development_id == development_id)


def _house_type(types: dict[str, HouseType], code: str, development: Development) -> HouseType:
    """The named type; a new one, and the one of homes that name none, has the usual rooms."""
    code = code or UNTYPED
    if code not in types:
        types[code] = HouseType(development_id=development.id, code=code, layout_zh="", layout_en="")
        types[code].add_standard_spaces()
        db.session.add(types[code])
    return types[code]


def _fill(home: Home, row: HomeRow, house_type: HouseType | None) -> bool:
    """Take over what the file names; whether anything differed."""
    named = {"house_type": house_type, "area": row.area, "handed_over_on": row.handed_over_on, "floor": row.floor}
    differing = {name: value for name, value in named.items() if value is not None and getattr(home, name) != value}
    for name, value in differing.items():
        setattr(home, name, value)
    return bool(differing)


class _Places:
    """The buildings and entrances of a development, made when the file names new ones."""

    def __init__(self, development: Development) -> None:
        self._development = development
        self._buildings: dict[str, Building] = {row.label: row for row in db.session.scalars(_of(Building, development.id))}
        entrances = db.session.scalars(_of(Entrance, development.id))
        self._entrances: dict[tuple[str, str], Entrance] = {(row.building.label, row.label): row for row in entrances}

    def entrance(self, building: str, entrance: str) -> Entrance:
        found = self._entrances.get((building, entrance))
        if found is None:
            found = Entrance(development_id=self._development.id, building=self._building(building), label=entrance)
            db.session.add(found)
            db.session.flush()
            self._entrances[building, entrance] = found
        return found

    def _building(self, label: str) -> Building:
        found = self._buildings.get(label)
        if found is None:
            found = Building(development=self._development, label=label, floors=0)
            db.session.add(found)
            db.session.flush()
            self._buildings[label] = found
        return found
