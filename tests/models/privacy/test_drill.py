"""The erasure drill as one command: seven places, old backups among them, and a line for each thing tried."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from portal.cli.drilling import erasing
from portal.cli.privacy import privacy
from portal.models.privacy import destroying
from portal.vault import KeyRing
from portal.vault.epochs import EpochStore

PLACES = {
    "live installation",
    "replica made before",
    "old main backup",
    "old key backup with the old main backup",
    "epoch",
    "files",
    "memory of another process",
}
BESIDE = {"epochs", "newest key set", "receipt", "restore, today's keys", "restore, old keys and epochs"}


def drilled(app: Flask) -> tuple[Result, list[str]]:
    """The command, and the lines of what was tried."""
    said = app.test_cli_runner().invoke(privacy, ["drill"])
    return said, [line for line in said.output.splitlines() if line.endswith(("✓", "✗"))]


def failed(lines: list[str]) -> set[str]:
    """The places where something was not as it must be."""
    return {line.split(": ")[0] for line in lines if line.endswith("✗")}


def test_the_seven_places(app: Flask, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    said, lines = drilled(app)
    assert said.exit_code == 0, said.output
    assert {line.split(": ")[0] for line in lines} == PLACES | BESIDE
    assert failed(lines) == set()
    assert sum("as the receipt says" in line for line in lines) == 1
    assert list(tmp_path.glob("anju-drill-*")) == []


def test_keys_that_stay_are_found(app: Flask, monkeypatch):
    monkeypatch.setattr(KeyRing, "erase", lambda _ring, _subject: None)
    said, lines = drilled(app)
    assert said.exit_code == 1
    assert "the drill failed" in said.output
    assert {"live installation", "replica made before", "old main backup", "newest key set"} <= failed(lines)


@pytest.mark.long
def test_an_erasure_that_comes_late_is_found(app: Flask, monkeypatch):
    monkeypatch.setattr(erasing, "shred", lambda _erasure_id: None)  # the job does it, minutes later
    said, lines = drilled(app)
    assert said.exit_code == 1
    assert failed(lines) == {"memory of another process"}


@pytest.mark.long
def test_an_epoch_that_stays_is_found(app: Flask, monkeypatch):
    monkeypatch.setattr(EpochStore, "end", lambda _store, _numbers: None)
    said, lines = drilled(app)
    assert said.exit_code == 1
    assert failed(lines) == {"epoch", "old key backup with the old main backup"}


@pytest.mark.long
def test_files_that_stay_are_found(app: Flask, monkeypatch):
    monkeypatch.setattr(destroying, "_drop_files", lambda _subjects, _found: None)
    said, lines = drilled(app)
    assert said.exit_code == 1
    assert "files" in failed(lines)
