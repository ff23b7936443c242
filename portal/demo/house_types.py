"""House types and their rooms on the plan's 8 × 6 grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.demo.reading import SceneError, Table

COLUMNS, ROWS = 8, 6


@dataclass(frozen=True, slots=True)
class Space:
    """A room; x, y (from 1), w, h are cells of the plan's grid."""

    code: str
    name_zh: str
    name_en: str
    x: int
    y: int
    w: int
    h: int

    @property
    def cells(self) -> set[tuple[int, int]]:
        """The cells it covers."""
        return {(x, y) for x in range(self.x, self.x + self.w) for y in range(self.y, self.y + self.h)}


@dataclass(frozen=True, slots=True)
class HouseType:
    """A floor plan; ``area`` in square metres, ``plan`` a symbol of the icon sprite."""

    code: str
    layout_zh: str
    layout_en: str
    area: Decimal
    plan: str
    spaces: tuple[Space, ...]

    def has(self, code: str) -> bool:
        """Whether this plan has such a room."""
        return any(space.code == code for space in self.spaces)


def parse(tables: list[Table]) -> dict[str, HouseType]:
    """The house types by code; raises SceneError for rooms that overlap, leave the grid or leave a hole in it."""
    types: dict[str, HouseType] = {}
    for table in tables:
        types[table.text("code")] = _type(table, types)
    return types


def _type(table: Table, known: Mapping[str, HouseType]) -> HouseType:
    same = table.get("spaces_of", str)
    if same is not None and same not in known:
        raise SceneError(f"{table.where}: spaces_of names no type above: {same}")
    spaces = known[same].spaces if same else tuple(_space(each) for each in table.tables("spaces"))
    _check_plan(table.where, spaces)
    made = HouseType(
        code=table.text("code"),
        layout_zh=table.text("layout_zh"),
        layout_en=table.text("layout_en"),
        area=Decimal(table.text("area")),
        plan=table.text("plan"),
        spaces=spaces,
    )
    table.done()
    return made


def _space(table: Table) -> Space:
    cells = table.numbers("cells")
    if len(cells) != 4:
        raise SceneError(f"{table.where}: cells are x, y, width and height")
    space = Space(table.text("code"), table.text("zh"), table.text("en"), *cells)
    table.done()
    return space


def _check_plan(where: str, spaces: tuple[Space, ...]) -> None:
    free = {(x, y) for x in range(1, COLUMNS + 1) for y in range(1, ROWS + 1)}
    for space in spaces:
        if not space.cells <= free:
            raise SceneError(f"{where}: {space.code} leaves the grid or lies on another room")
        free -= space.cells
    if free:
        raise SceneError(f"{where}: no room at {min(free)}")
    if len({space.code for space in spaces}) != len(spaces):
        raise SceneError(f"{where}: two rooms have the same code")
