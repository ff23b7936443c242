"""The catalogue's tables in a database of their own, and a copy of the shipped files to spoil."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

import portal.models.catalogue as catalogue
from portal.extensions import db, prepare_engine

SHIPPED = Path(catalogue.__file__).parents[2] / "catalogue"


@pytest.fixture
def database(tmp_path):
    app = Flask("catalogue")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        db.create_all()
        yield db
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(SHIPPED, tmp_path / "files"))


class Sheets:
    """Edits cells and rows of the files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows(self, file: str) -> list[list[str]]:
        with (self.folder / file).open(encoding="utf-8", newline="") as opened:
            return list(csv.reader(opened))

    def write(self, file: str, rows: list[list[str]]) -> None:
        with (self.folder / file).open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened, lineterminator="\n").writerows(rows)

    def set(self, file: str, code: str, column: str, value: str) -> int:
        """Put a value in a cell; returns the row's number as a spreadsheet counts it."""
        rows = self.rows(file)
        number = next(n for n, row in enumerate(rows) if row[0] == code)
        rows[number][rows[0].index(column)] = value
        self.write(file, rows)
        return number + 1

    def change(self, file: str, change: Callable[[list[list[str]]], object]) -> None:
        rows = self.rows(file)
        change(rows)
        self.write(file, rows)


@pytest.fixture
def sheets(folder):
    return Sheets(folder)


@pytest.fixture
def written(database):
    """Counts the rows that statements wrote, by verb."""
    counts = {"INSERT": 0, "UPDATE": 0, "DELETE": 0}

    @event.listens_for(database.engine, "after_cursor_execute")
    def _count(_connection, _cursor, statement, _parameters, context, _many):
        verb = statement.split(maxsplit=1)[0]
        if verb in counts:
            counts[verb] += len(context.compiled_parameters)

    return counts
