"""Writing a batch by compare-and-swap: whoever wrote a row in between has the last word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import is_not
from typing import Any

from sqlalchemy import Update, bindparam, update

from portal.models.fields.places import Place
from portal.models.fields.sheets import Exchange, Line, Sheet
from portal.models.fields.walking import Rows, again, changing

ATTEMPTS = 5  # a row that is written each time anew is right by whoever writes it

Change = dict[str, Any]


def swap(place: Place, rows: Rows, changes_of: Callable[[Place, Rows], list[Change]]) -> int:
    """Write what ``changes_of`` the rows asks for, and look again at them where others were quicker; how many rows.

    A change is ``change(row, {column: value})``.
    """
    written = 0
    for _attempt in range(ATTEMPTS):
        changes = changes_of(place, rows)
        done = _write(place, changes)
        written += done
        if done == len(changes):
            break
        rows = again(place, rows)
    return written


def change(row: Any, values: dict[str, Any]) -> Change:
    """The parameters that write these columns while the row's blob is still the one that was read."""
    return {"b_row": row.id, "b_blob": row.blob} | {f"to_{name}": value for name, value in values.items()}


def exchange(sheet: Sheet, lines: list[Line], wanted_of: Callable[[Sheet, list[Line]], list[Exchange]]) -> int:
    """The same for all blobs of a row at once; how many blobs were written."""
    written = 0
    for _attempt in range(ATTEMPTS):
        wanted = wanted_of(sheet, lines)
        if _write(sheet, wanted) == len(wanted):
            return written + sum(_changed(sheet, one) for one in wanted)
        lines = sheet.again(line[0] for line in lines)
        here = {line[0]: line[3:] for line in lines}
        written += sum(_changed(sheet, one) for one in wanted if here.get(one[0]) == sheet.after(one))
    return written


def _changed(sheet: Sheet, one: Exchange) -> int:
    return sum(map(is_not, sheet.before(one), sheet.after(one)))


def _write(target: Place | Sheet, wanted: list[Any]) -> int:
    done = 0
    if wanted:
        with changing() as connection:
            if isinstance(target, Sheet):
                return target.exchange(connection, wanted)
            for statement, batch in _statements(target, wanted):
                done += connection.execute(statement, batch).rowcount
    return done


def _statements(place: Place, changes: list[Change]) -> Iterator[tuple[Update, list[Change]]]:
    table, blob = place.table, place.table.c[place.column]
    values: dict[str, Any] = {name[3:]: bindparam(name) for name in changes[0] if name.startswith("to_")}
    written = update(table).where(table.c.id == bindparam("b_row")).values(values)
    sealed = [one for one in changes if one["b_blob"] is not None]
    empty = [{name: one[name] for name in one if name != "b_blob"} for one in changes if one["b_blob"] is None]
    if sealed:
        yield written.where(blob == bindparam("b_blob")), sealed
    if empty:
        yield written.where(blob.is_(None)), empty
