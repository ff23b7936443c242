"""Reading a catalogue file cell by cell. Whatever is wrong is said in one line with file, row and column."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

Reader = Callable[[str], Any]


class CatalogueError(Exception):
    """A catalogue file does not make sense. Rows count as a spreadsheet counts them, the header being row 1."""

    def __init__(self, file: str, row: int, column: str | None, problem: str) -> None:
        where = f"{file}, row {row}" + (f", column {column}" if column else "")
        super().__init__(f"{where}: {problem}")
        self.file, self.row, self.column, self.problem = file, row, column, problem


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was read: where it stands, and its typed values by column name."""

    file: str
    number: int
    values: dict[str, Any]

    def wrong(self, column: str | None, problem: str) -> CatalogueError:
        """The error to raise about a column of this row."""
        return CatalogueError(self.file, self.number, column, problem)


def read_rows(path: Path, columns: Mapping[str, Reader]) -> list[Row]:
    """The rows of a UTF-8 CSV file whose header is exactly ``columns``, in any order. Raises CatalogueError."""
    records = _records(path)
    _, header = next(records, (1, []))
    _check_header(path.name, header, columns)
    return [_row(path.name, number, header, cells, columns) for number, cells in records if cells]


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, cells in enumerate(csv.reader(file, strict=True), start=1):
                yield number, cells
    except FileNotFoundError:
        raise CatalogueError(path.name, 1, None, "there is no such file") from None
    except UnicodeDecodeError:
        raise CatalogueError(path.name, number + 1, None, "this is not UTF-8") from None
    except csv.Error as error:
        raise CatalogueError(path.name, number + 1, None, str(error)) from None


def _check_header(file: str, header: Sequence[str], columns: Mapping[str, Reader]) -> None:
    for name in columns:
        if header.count(name) != 1:
            raise CatalogueError(file, 1, name, "the header must name it once")
    for name in header:
        if name not in columns:
            raise CatalogueError(file, 1, name, "no such column is known")


def _row(file: str, number: int, header: Sequence[str], cells: Sequence[str], columns: Mapping[str, Reader]) -> Row:
    row = Row(file, number, {})
    if len(cells) != len(header):
        raise row.wrong(None, f"{len(cells)} cells where {len(header)} belong")
    for name, cell in zip(header, cells, strict=True):
        try:
            row.values[name] = columns[name](cell.strip())
        except ValueError as error:
            raise row.wrong(name, str(error)) from None
    return row


def text(cell: str) -> str:
    """Words; never empty."""
    if not cell:
        raise ValueError("it is empty")
    return cell


def optional(reader: Reader) -> Reader:
    """The same, or None for an empty cell."""
    return lambda cell: reader(cell) if cell else None


def integer(cell: str) -> int:
    """A whole number from 1."""
    if not (cell.isascii() and cell.isdigit() and int(cell)):
        raise ValueError(f"{cell!r} is not a whole number from 1")
    return int(cell)


def yes_no(cell: str) -> bool:
    """yes or no."""
    return bool(one_of("yes", "no")(cell) == "yes")


def iso_day(cell: str) -> date:
    """A day as 2026-02-14."""
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError(f"{cell!r} is not a day such as 2026-02-14") from None


def codes(cell: str) -> list[str]:
    """Codes with semicolons between them; at least one, none twice."""
    found = [part.strip() for part in cell.split(";")]
    if not all(found) or len(set(found)) != len(found):
        raise ValueError(f"{cell!r} is not a list such as plumbing;electrical")
    return found


def one_of(*choices: str) -> Reader:
    """One of these words."""

    def read(cell: str) -> str:
        if cell not in choices:
            raise ValueError(f"{cell!r} is none of {', '.join(choices)}")
        return cell

    return read


def of(words: type[StrEnum]) -> Reader:
    """One of an enumeration's values, as plain text."""
    return one_of(*(word.value for word in words))
