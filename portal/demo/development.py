"""The invented development: its buildings, and the homes that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from portal.clock import SHANGHAI
from portal.demo import house_types
from portal.demo.house_types import HouseType
from portal.demo.reading import SceneError, Table

PARTS = frozenset({"lobby", "lift", "facade", "grounds"})


@dataclass(frozen=True, slots=True)
class Building:
    """A building; every floor of every entrance holds the same row of house types, flat 01 first."""

    label: str
    entrances: tuple[str, ...]
    lowest: int
    highest: int
    types: tuple[str, ...]
    completed_on: date
    handed_over_on: date


@dataclass(frozen=True, slots=True)
class Home:
    """A flat; ``code`` is the staff's short form 3-2-1202, ``number`` has four digits."""

    code: str
    building: str
    entrance: str
    floor: int
    number: str
    type: HouseType
    handed_over_on: date


@dataclass(frozen=True)
class Development:
    """Everything about the place. Dates are as seen on ``written_on``; ``moved_to`` shifts them."""

    written_on: date
    code: str
    name_zh: str
    name_en: str
    developer_zh: str
    developer_en: str
    address_zh: str
    address_en: str
    postcode: str
    hotline: str
    completed_on: date
    types: Mapping[str, HouseType]
    buildings: tuple[Building, ...]

    @cached_property
    def homes(self) -> Mapping[str, Home]:
        """All homes by code: building, entrance, floor from below, flat."""
        return {home.code: home for building in self.buildings for home in _homes(building, self.types)}

    def has_building(self, label: str) -> bool:
        """Whether there is a building with this label."""
        return any(building.label == label for building in self.buildings)

    def moved_to(self, now: datetime) -> Development:
        """The same place, every date shifted by whole weeks, so that warranties are as old at ``now`` as written."""
        by = timedelta(weeks=(now.astimezone(SHANGHAI).date() - self.written_on).days // 7)
        return replace(
            self,
            written_on=self.written_on + by,
            completed_on=self.completed_on + by,
            buildings=tuple(
                replace(each, completed_on=each.completed_on + by, handed_over_on=each.handed_over_on + by)
                for each in self.buildings
            ),
        )


def parse(file: Table) -> Development:
    """The development of a file; raises SceneError for a plan or building that cannot be."""
    head = file.table("development")
    types = house_types.parse(file.tables("type"))
    development = Development(
        written_on=file.day("written_on"),
        types=types,
        buildings=tuple(_building(table, types) for table in file.tables("building")),
        completed_on=head.day("completed_on"),
        code=head.text("code"),
        name_zh=head.text("name_zh"),
        name_en=head.text("name_en"),
        developer_zh=head.text("developer_zh"),
        developer_en=head.text("developer_en"),
        address_zh=head.text("address_zh"),
        address_en=head.text("address_en"),
        postcode=head.text("postcode"),
        hotline=head.text("hotline"),
    )
    head.done()
    file.done()
    return development


def _building(table: Table, types: Mapping[str, HouseType]) -> Building:
    floors, kinds = table.numbers("floors"), table.texts("homes")
    if len(floors) != 2 or not 1 <= floors[0] <= floors[1] <= 99:
        raise SceneError(f"{table.where}: floors are the lowest and the highest")
    for kind in kinds:
        if kind not in types:
            raise SceneError(f"{table.where}: no house type {kind}")
    building = Building(
        label=table.text("label"),
        entrances=table.texts("entrances"),
        lowest=floors[0],
        highest=floors[1],
        types=kinds,
        completed_on=table.day("completed_on"),
        handed_over_on=table.day("handed_over_on"),
    )
    table.done()
    if building.completed_on > building.handed_over_on:
        raise SceneError(f"{table.where}: handed over before it was completed")
    return building


def _homes(building: Building, types: Mapping[str, HouseType]) -> list[Home]:
    return [
        Home(
            code=f"{building.label}-{entrance}-{floor:02d}{flat:02d}",
            building=building.label,
            entrance=entrance,
            floor=floor,
            number=f"{floor:02d}{flat:02d}",
            type=types[kind],
            handed_over_on=building.handed_over_on,
        )
        for entrance in building.entrances
        for floor in range(building.lowest, building.highest + 1)
        for flat, kind in enumerate(building.types, 1)
    ]
