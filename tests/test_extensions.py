"""The embedded database's file, whoever makes it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from portal.cli.setting_up import init, install_keys, ready
from portal.models.base import db
from tests.people import CAST
from tests.stage import building

WORDS = ["--code", "here", "--name-zh", "云栖里", "--name-en", "Yunqi Li", "--hotline", "400-000-0000"]
ADMIN = ["--admin-name", CAST["admin"].name, "--admin-phone", CAST["admin"].phone]


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """Everybody may read what is made without a word."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def by_init(folder: Path) -> None:
    done = CliRunner().invoke(init, [*WORDS, *ADMIN], env={"PORTAL_INSTANCE": str(folder)})
    assert done.exit_code == 0, done.output


def by_migrate(folder: Path) -> None:
    app = install_keys(building.settings_of(folder))
    assert app.test_cli_runner().invoke(args=["migrate"]).exit_code == 0
    building.close(app)


def by_serving(folder: Path) -> None:
    """The demonstration, and every start of a larger installation, do no other."""
    app = install_keys(building.settings_of(folder))
    ready(app)
    building.close(app)


@pytest.mark.parametrize("made", [by_init, by_migrate, by_serving])
def test_the_database_is_for_its_owners_eyes_only(tmp_path: Path, made):
    folder = tmp_path / "instance"
    made(folder)
    app = building.opened(folder)
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE development SET code = code")
        assert modes(folder) == {"portal.sqlite": 0o600, "portal.sqlite-wal": 0o600, "portal.sqlite-shm": 0o600}
    building.close(app)


def test_one_that_is_there_keeps_the_mode_it_was_given(app: Flask):
    file = app.extensions["portal.settings"].instance / "portal.sqlite"
    file.chmod(0o640)
    with app.app_context(), db.engine.connect():
        assert stat.S_IMODE(file.stat().st_mode) == 0o640


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob("portal.sqlite*")}
