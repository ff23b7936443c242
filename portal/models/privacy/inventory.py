"""The inventory: every place of personal data as the models declare it, joined with the register.

It is walked from the mappers, so it cannot say less than the code does. A column *looks* personal by its name, by
pointing at a person, or by a type that could hold somebody's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.orm import Mapper

from portal.models.base import Model
from portal.models.fields import groups_of
from portal.models.privacy.entry import Entry
from portal.models.privacy.no_persons import NO_PERSONS
from portal.models.privacy.register import ENTRIES

PEOPLE = frozenset({"person", "account", "session", "tenure"})
FILES = "sealed_file"
LONG = 65  # a code has up to 64 characters
# Parts of a column's name that are about a person in whatever table they stand ...
PERSONAL = frozenset(
    "phone mobile telephone email wechat qq ip agent birth birthday born passport bank iban gender sex salary password "
    "token otp totp latitude longitude gps face voice fingerprint contact emergency caller visitor".split()
)
# ... and those that are innocent in tables without persons, such as the name of a building.
MAYBE = frozenset(
    "name address text words note comment reason reasons remark remarks locale language signature photo seen device "
    "author actor reporter person card payload preferred".split()
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something personal lies. ``how`` is ``group``, ``file`` or ``plain``; ``column`` is ``table.column``.

    ``index`` names the rule of a blind index, empty without one. ``entry`` is None where the register has none.
    """

    name: str
    how: str
    column: str
    index: str = ""
    entry: Entry | None = None

    @property
    def sealed(self) -> bool:
        """Whether it lies encrypted."""
        return self.how != "plain"


def mapped() -> list[Mapper[Any]]:
    """Every model of the application, by table."""
    return sorted(Model.registry.mappers, key=lambda mapper: str(mapper.local_table))


def inventory(
    mappers: Iterable[Mapper[Any]] | None = None,
    entries: Mapping[str, Entry] = ENTRIES,
    free: Mapping[str, str] = NO_PERSONS,
) -> list[Place]:
    """Every place, in the order of the register; what it does not know comes last."""
    models = mapped() if mappers is None else mappers
    found = [place for mapper in models for place in _places(mapper, entries, free)]
    order = {name: number for number, name in enumerate(entries)}
    return sorted(found, key=lambda place: (order.get(place.name, len(order)), place.name))


def looks_personal(column: Any, free: bool) -> str:
    """Why a plain column looks personal, in English; empty when it does not. ``free`` tables have no persons."""
    parts = {*column.name.split("_")}
    pointed = {key.column.table.name for key in column.foreign_keys} & PEOPLE
    if pointed:
        return f"it points at {pointed.pop()}"
    if named := parts & PERSONAL:
        return f"its name says {min(named)}"
    if free:
        return ""
    if named := parts & MAYBE:
        return f"its name says {min(named)}"
    return "it could hold somebody's words" if _roomy(column) else ""


def _roomy(column: Any) -> bool:
    kind = column.type
    if isinstance(kind, String):
        return kind.length is None or kind.length >= LONG
    return isinstance(kind, JSON | LargeBinary)


def _places(mapper: Mapper[Any], entries: Mapping[str, Entry], free: Mapping[str, str]) -> Iterator[Place]:
    table = str(mapper.local_table)
    for group in groups_of(mapper.class_):
        for field in group.fields:
            name, index = f"{group.label}.{field}", group.indexes.get(field)
            rule = index.normaliser if index else ""
            yield Place(name, "group", f"{table}.{group.column}", rule, entries.get(name))
    for column in mapper.local_table.columns:
        name = f"{table}.{column.name}"
        if {key.column.table.name for key in column.foreign_keys} == {FILES}:
            yield Place(name, "file", name, entry=entries.get(name))
        elif (not column.info.get("sealed") or column.info.get("file_key")) and (
            name in entries or looks_personal(column, table in free)
        ):
            yield Place(name, "plain", name, entry=entries.get(name))
