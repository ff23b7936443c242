"""A development's list of homes from a CSV file: checked whole, then written, or not at all."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.models.base import db
from portal.models.property.development import Building, Development, Entrance
from portal.models.property.home import Home, HouseType, labels

COLUMNS = ("building", "entrance", "number", "floor", "house_type", "area", "handed_over_on")
UNTYPED = "-"
NEEDED = ("building", "number", "floor")
LABELS = ("building", "entrance", "number")
LONGEST = {"building": 16, "entrance": 16, "number": 16, "floor": 8, "house_type": 16}


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
    """One line of the file, checked. Labels are text, bare: 3 for 3栋."""

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
    lines = _lines(file)
    errors: list[str] = []
    rows = {number: _row(number, line, errors) for number, line in lines.items()}
    errors += _twice(rows)
    if errors or not rows:
        raise HomesError(errors or ["the file has no rows"])
    return list(rows.values())


def _lines(file: Path) -> dict[int, dict[str, str]]:
    """The cells of each line that has any, by the line's number in the file."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise HomesError([f"row 1: the column {name} is missing" for name in missing])
            read = {}
            for line in reader:
                read[reader.line_num] = {name: (line.get(name) or "").strip() for name in COLUMNS}
    except UnicodeDecodeError:
        raise HomesError(["the file is not UTF-8; save it as CSV UTF-8"]) from None
    except csv.Error:
        raise HomesError(["the file is no CSV"]) from None
    return {number: line for number, line in read.items() if any(line.values())}


def _row(number: int, cell: dict[str, str], errors: list[str]) -> HomeRow:
    def bad(name: str, reason: str) -> None:
        errors.append(f"row {number}, {name}: {reason}")

    for name in NEEDED:
        if not cell[name]:
            bad(name, "is empty")
    for name, most in LONGEST.items():
        if len(cell[name]) > most or not cell[name].isprintable():
            bad(name, f"is longer than {most} characters, or has some that cannot be printed")
    for name in LABELS:
        if cell[name] and len(labels(cell[name])) != 1:
            bad(name, f"{cell[name]!r} is no label such as 3, 3A or 1202")
    area, handed_over_on = _area(cell["area"]), _day(cell["handed_over_on"])
    if cell["area"] and area is None:
        bad("area", f"{cell['area']!r} is no area in square metres")
    if cell["handed_over_on"] and handed_over_on is None:
        bad("handed_over_on", f"{cell['handed_over_on']!r} is no day such as 2025-06-28")
    place = ["".join(labels(cell[name])) for name in LABELS]
    return HomeRow(place[0], place[1], place[2], cell["floor"], cell["house_type"], area, handed_over_on)


def _area(text: str) -> Decimal | None:
    """Square metres to the second decimal; None for what is none."""
    try:
        area = Decimal(text).quantize(Decimal("0.01"))
        return area if 0 < area < 100_000 else None
    except InvalidOperation:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _twice(rows: Mapping[int, HomeRow]) -> list[str]:
    seen: dict[tuple[str, str, str], int] = {}
    errors = []
    for number, row in rows.items():
        first = seen.setdefault((row.building, row.entrance, row.number), number)
        if first != number and row.number:
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
        self._buildings: dict[str, Building] = {
            row.label: row for row in db.session.scalars(_of(Building, development.id))
        }
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
