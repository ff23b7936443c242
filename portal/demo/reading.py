"""Reading the TOML files: typed access that says in one line what is wrong and where."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

FOLDER = Path(__file__).parent
CATALOGUE = FOLDER.parent / "catalogue"

T = TypeVar("T")


class SceneError(Exception):
    """Something in the demonstration's files that cannot be; the message is one line that names the place."""


class Table:
    """A TOML table. Every read names the key; ``done`` refuses keys that nobody read, which are misspelt ones."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self.values, self.where = values, where
        self.read: set[str] = set()

    def get(self, key: str, kind: type[T]) -> T | None:
        """The value of a key that may be absent; raises SceneError when it is of another kind."""
        self.read.add(key)
        value = self.values.get(key)
        if value is None or (isinstance(value, kind) and not (kind is int and isinstance(value, bool))):
            return value
        raise SceneError(f"{self.where}: {key} is not a {kind.__name__}")

    def need(self, key: str, kind: type[T]) -> T:
        """The value of a key that must be there."""
        value = self.get(key, kind)
        if value is None:
            raise SceneError(f"{self.where}: {key} is missing")
        return value

    def text(self, key: str) -> str:
        """A text that must be there and not empty."""
        value = self.need(key, str)
        if not value.strip():
            raise SceneError(f"{self.where}: {key} is empty")
        return value

    def day(self, key: str) -> date:
        """A calendar day."""
        return self.need(key, date)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; absent is empty."""
        return self._all(key, str)

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers; absent is empty."""
        return self._all(key, int)

    def tables(self, key: str) -> list[Table]:
        """A list of tables; absent is empty. Each is named by its ``key`` or ``code``, else by its place."""
        rows = self._all(key, dict)
        return [Table(row, self._name(key, n, row)) for n, row in enumerate(rows, 1)]

    def table(self, key: str) -> Table:
        """A table that must be there."""
        return Table(self.need(key, dict), f"{self.where}: {key}")

    def done(self) -> None:
        """Raise SceneError when a key was never read."""
        for key in self.values:
            if key not in self.read:
                raise SceneError(f"{self.where}: unknown key {key}")

    def _all(self, key: str, kind: type[T]) -> tuple[T, ...]:
        values: list[Any] = self.get(key, list) or []
        for value in values:
            if not isinstance(value, kind):
                raise SceneError(f"{self.where}: {key} holds something that is not a {kind.__name__}")
        return tuple(values)

    def _name(self, key: str, number: int, row: Mapping[str, Any]) -> str:
        return f"{self.where}: {key} {row.get('key') or row.get('code') or row.get('label') or number}"


def read(name: str) -> Table:
    """One of the demonstration's TOML files; raises SceneError when it is no TOML."""
    try:
        return Table(tomllib.loads((FOLDER / name).read_text("utf-8")), name)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SceneError(f"{name}: {error}") from None


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the catalogue's CSV files."""
    with (CATALOGUE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
