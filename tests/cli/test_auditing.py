"""``flask --app portal audit …``: what it says and how it exits."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from portal import clock
from portal.models.base import db
from tests.models.privacy.chained import change, deliver, folder, number_all, remove, tell
from tests.stage.cast import Cast


def test_verify_says_whole_broken_and_truncated(any_app: Flask, cast: Cast):
    run = any_app.test_cli_runner().invoke
    with cast.at_work():
        signed = tell(any_app, cast)
    said = run(args=["audit", "verify"])
    assert (said.exit_code, said.output.splitlines()[1]) == (0, "whole"), said.output
    note = next(folder(any_app).glob("*.note"))
    assert run(args=["audit", "verify", "--from-checkpoint", str(note)]).exit_code == 0
    with cast.at_work():
        remove(*range(signed, 60))
    said = run(args=["audit", "verify"])
    assert said.exit_code == 1
    assert f"truncated: a checkpoint names event {signed}, the last one is {signed - 1}" in said.output
    assert run(args=["audit", "verify", "--from-checkpoint", str(note)]).exit_code == 1
    with cast.at_work():
        change(2, role="nobody")
    said = run(args=["audit", "verify", "--no-places"])
    assert said.exit_code == 1
    assert "broken at event 2: a column beside its content was changed" in said.output


def test_a_note_of_another_installation_is_refused_in_one_line(app: Flask, cast: Cast, tmp_path):
    (tmp_path / "other.note").write_text("anju/00\n1\nAAAA\n")
    said = app.test_cli_runner().invoke(args=["audit", "verify", "--from-checkpoint", str(tmp_path / "other.note")])
    assert said.exit_code == 1
    assert "Error: a checkpoint cannot be used" in said.output


def test_checkpoint_numbers_signs_and_prints(app: Flask, cast: Cast):
    run = app.test_cli_runner().invoke
    assert run(args=["audit", "checkpoint"]).exit_code == 1
    with cast.at_work():
        cast.ticket()
        db.session.commit()
    said = run(args=["audit", "checkpoint"])
    assert said.exit_code == 0
    assert said.output.splitlines()[1] == "1"
    again = run(args=["audit", "checkpoint"])
    assert again.output.splitlines()[:4] == said.output.splitlines()[:4]  # nothing new, nothing signed
    with cast.at_work():
        deliver(app)
    assert len([*folder(app).glob("*.note")]) == 1


def test_drop_removes_what_is_older_than_three_years(any_app: Flask, cast: Cast):
    run = any_app.test_cli_runner().invoke
    with cast.at_work():
        cast.ticket("accepted")
        db.session.commit()
        number_all()
    run(args=["audit", "checkpoint"])
    today = clock.today()
    assert "three years" in run(args=["audit", "drop", "--before", str(today - timedelta(days=900))]).output
    none = run(args=["audit", "drop", "--before", str(today - timedelta(days=1200))])
    assert (none.exit_code, "no checkpoint" in none.output) == (1, True)
    with clock.at(clock.now() + timedelta(days=2000)):
        said = run(args=["audit", "drop", "--before", str(clock.today() - timedelta(days=1200))])
        assert said.exit_code == 0, said.output
        assert "begins after event 7" in said.output
        with cast.at_work():
            number_all()
        assert run(args=["audit", "verify"]).exit_code == 0
