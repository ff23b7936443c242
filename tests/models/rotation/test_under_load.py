"""Rotation while others write and read, killed at any moment: nothing is lost, nothing is closed, nobody notices."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from flask import Flask

from portal import clock, vault
from portal.extensions import db
from portal.jobs.keeping import drop_versions
from portal.models.accounts import Person
from portal.models.fields import indexing, rotating, walking
from portal.models.fields.dropping import RIPE_SECONDS
from portal.vault import ring
from tests.models.rotation.busy import Busy
from tests.models.rotation.rows import command
from tests.servers.shared import ROOT

KINDS = ["rotate-data", "rotate-index"]


@pytest.fixture(autouse=True)
def soon_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "NOTICED_SECONDS", 0.2)
    monkeypatch.setattr(vault, "LOOK_SECONDS", 0.02)


@pytest.fixture
def crowd(any_app: Flask) -> None:
    """Two hundred more people, so that a rotation takes a while."""
    with any_app.app_context():
        for number in range(200):
            person = Person()
            person.name, person.phone = f"住户{number}", f"+86138{number:08}"
            db.session.add(person)
        db.session.commit()


def unharmed(app: Flask, busy: Busy) -> None:
    """Nothing lost, nobody disturbed, everything opens, and the old keys go."""
    with app.app_context():
        assert busy.errors == []
        assert busy.looks
        assert busy.written
        assert busy.lost() == 0
        with clock.at(clock.now() + timedelta(seconds=RIPE_SECONDS)):
            drop_versions()
        assert {len(one.versions) for one in ring().subjects()} == {1}
        assert busy.lost() == 0
    assert "Everything opens, and every index is right." in command(app, "verify")


@pytest.mark.parametrize("kind", KINDS)
def test_while_others_write_and_read(any_app: Flask, crowd, kind: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(walking, "BATCH", 20)
    monkeypatch.setattr(rotating, "ROWS_AT_ONCE", 20)
    busy = Busy(any_app)
    with busy.at_work():
        for _ in range(2):
            command(any_app, kind)
    unharmed(any_app, busy)


def killed(app: Flask, kind: str, kills: int) -> None:
    settings = app.extensions["portal.settings"]
    place = (str(settings.instance), settings.database_url, kind, str(kills))
    busy = Busy(app)
    with busy.at_work():
        run = subprocess.run(
            [sys.executable, "-m", "tests.models.rotation.rotators", *place],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        command(app, kind)
    unharmed(app, busy)


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_moment(any_app: Flask, crowd, kind: str):
    killed(any_app, kind, 5)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_fifty_moments(any_app: Flask, crowd, kind: str):
    killed(any_app, kind, 50)
