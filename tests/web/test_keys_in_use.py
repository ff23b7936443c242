"""The key store is held by others: a page keeps what was typed, a command ends in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from portal.models.base import db
from portal.models.repairs import Ticket
from portal.vault import engines
from tests.stage.client import Reading
from tests.vault.test_stores import written_elsewhere

LIFT = {"place": "common.lift", "category": "PUBLIC", "defect": "PUBLIC-01", "seen": "PUBLIC-01"}
SAID = "这一步没有保存"


@pytest.fixture
def held(app: Flask, monkeypatch):
    """Holds the key store as another process would; writers wait a moment only."""
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.05)
    keyring = app.extensions["portal.keyring"]

    @contextmanager
    def hold() -> Iterator[None]:
        keyring._keys.close()
        with written_elsewhere(app.extensions["portal.settings"]):
            yield

    return hold


def test_a_report_comes_back_as_it_was_typed_and_can_be_sent_again(held, sign_in, cast):
    owner = sign_in("owner")
    with held():
        answer = owner.submit("/repairs/new", "/repairs", words="电梯异响 <b>", **LIFT)
    assert answer.status_code == 503
    assert SAID in answer.text
    assert Reading(answer.text).forms[-1].fields["words"] == ["电梯异响 <b>"]
    assert owner.submit(answer, "/repairs").status_code == 303
    with cast.at_work():
        assert db.session.query(Ticket).count() == 1


def test_a_call_comes_back_as_it_was_written_down(held, sign_in, cast):
    agent = sign_in("service_agent")
    with cast.at_work():
        building = str(cast.home().entrance.building.id)
    typed = {"building": building, "words": "异响", "caller_name": "住户", **LIFT}
    with held():
        answer = agent.submit("/staff/repairs/new", "/staff/repairs", **typed)
    assert answer.status_code == 503
    assert SAID in answer.text
    form = agent.form(answer, "/staff/repairs").fields
    assert (form["words"], form["caller_name"]) == (["异响"], ["住户"])
    assert agent.submit(answer, "/staff/repairs").status_code == 303


@pytest.mark.parametrize(
    "words",
    [
        ["people", "add", "新住户", "12900000077", "--development", "here"],
        ["keys", "rotate-data"],
        ["keys", "verify"],
        ["backup", "sets"],
    ],
)
def test_a_command_says_it_in_one_line(app: Flask, held, monkeypatch, tmp_path, words):
    monkeypatch.chdir(tmp_path)
    with held():
        done = app.test_cli_runner().invoke(args=words)
    assert done.exit_code == 1
    (line,) = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert "the key store is in use and could not be written in time" in line
    assert "Traceback" not in done.output
