"""The erasure drill as one command: seven places, and a line for each."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Flask

from portal.cli import drilling
from portal.cli.privacy import privacy

PLACES = ["live", "memory", "files", "replica", "main backup", "key backup", "epoch gone"]


def test_the_seven_places(app: Flask, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    said = app.test_cli_runner().invoke(privacy, ["drill"])
    assert said.exit_code == 0, said.output
    told = [line for line in said.output.splitlines() if line.startswith(("ok", "FAILED"))]
    assert [line[7:].split(":")[0] for line in told] == PLACES
    assert list(tmp_path.glob("anju-drill-*")) == []


def test_what_is_not_gone_is_said(app: Flask, monkeypatch):
    monkeypatch.setattr(drilling, "shred", lambda _erasure_id: None)
    said = app.test_cli_runner().invoke(privacy, ["drill"])
    assert said.exit_code == 1
    assert "FAILED live" in said.output
    assert "an erased person can still be read" in said.output
