"""What the register lacks or has too much of, in words that say what to add. Empty when it is true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Mapper

from portal.models.fields import groups_of
from portal.models.privacy.entry import Entry
from portal.models.privacy.inventory import Place, inventory, looks_personal, mapped
from portal.models.privacy.no_persons import NO_PERSONS
from portal.models.privacy.outside import OUTSIDE
from portal.models.privacy.register import ENTRIES, REGISTER
from portal.models.privacy.retention import CLASSES

_SAY = "words, purpose, basis, retention, whose, seen_by, shown"


def complaints(
    mappers: Iterable[Mapper[Any]] | None = None,
    entries: Mapping[str, Entry] = ENTRIES,
    free: Mapping[str, str] = NO_PERSONS,
) -> list[str]:
    """One line for each thing that is wrong."""
    models = list(mapped() if mappers is None else mappers)
    places = inventory(models, entries, free)
    return [
        *(line for place in places if (line := _unknown(place, models))),
        *_unsealed(models),
        *_tables(models, places, free),
        *_gone(models, places, entries, free),
        *(line for name, entry in entries.items() for line in _wrong(name, entry, places)),
        *_twice(),
    ]


def _unknown(place: Place, models: Iterable[Mapper[Any]]) -> str:
    if place.entry is not None:
        return ""
    if place.sealed:
        return (
            f"{place.name} is sealed and stands in no register: add an Entry with its {_SAY} to "
            "portal/models/privacy/sealed_fields.py"
        )
    table, _, name = place.column.partition(".")
    columns = next(mapper.local_table.columns for mapper in models if str(mapper.local_table) == table)
    return (
        f"{place.name} looks personal ({looks_personal(columns[name], free=False)}) and is neither sealed nor "
        f"registered: seal it with a SealedGroup, or add an Entry with its {_SAY} and the reason why it is plain to "
        "portal/models/privacy/plain_accounts.py, plain_people.py or plain_matters.py"
    )


def _unsealed(models: Iterable[Mapper[Any]]) -> Iterator[str]:
    """Columns made for a blob or an index that no group uses."""
    for mapper in models:
        groups = groups_of(mapper.class_)
        used = {group.column for group in groups}
        used |= {index.column for group in groups for index in group.indexes.values()}
        used |= {f"{name}_other" for name in used}
        for column in mapper.local_table.columns:
            if column.info.get("file_key"):
                continue
            if column.info.get("sealed") and column.name not in used | {"subject_kind", "subject_id"}:
                yield f"{mapper.local_table}.{column.name} is a sealed column that no SealedGroup of its model uses"


def _tables(models: Iterable[Mapper[Any]], places: list[Place], free: Mapping[str, str]) -> Iterator[str]:
    known = {place.column.partition(".")[0] for place in places} | {*free}
    for table in sorted({str(mapper.local_table) for mapper in models} - known):
        yield (
            f"nobody has said whether the table {table} is about persons: register its personal columns in "
            "portal/models/privacy/plain_accounts.py, plain_people.py or plain_matters.py, "
            "or add it with the reason to no_persons.py"
        )


def _gone(
    models: Iterable[Mapper[Any]], places: list[Place], entries: Mapping[str, Entry], free: Mapping[str, str]
) -> Iterator[str]:
    there = {place.name for place in places} | {name for entry in OUTSIDE for name in entry.names}
    for name in entries:
        if name not in there:
            yield f"{name} is in the register and not in the code any more: take its name out of portal/models/privacy"
    for table in sorted({*free} - {str(mapper.local_table) for mapper in models}):
        yield f"the table {table} of NO_PERSONS is gone: take it out of portal/models/privacy/no_persons.py"


def _wrong(name: str, entry: Entry, places: list[Place]) -> Iterator[str]:
    sealed = {place.name: place.sealed for place in places}.get(name, False)
    if sealed and entry.plain:
        yield f"{name} is sealed, so its entry gives no reason for being plain"
    if not sealed and not entry.plain and name in {place.name for place in places}:
        yield f"{name} is not sealed, so its entry says why in plain="
    for code in set(entry.retention) - set(CLASSES):
        yield f"{name} names the retention class {code}, which portal/models/privacy/retention.py does not have"
    if not entry.retention:
        yield f"{name} names no retention class"


def _twice() -> Iterator[str]:
    counted = Counter(name for entry in REGISTER for name in entry.names)
    for name, times in counted.items():
        if times > 1:
            yield f"{name} stands in the register {times} times"
