"""The commands of retention: a dry run changes nothing but its report, a run removes, the report tells both."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.cli.retaining import report, run
from portal.models.accounts import Session
from portal.models.base import db
from portal.models.privacy.retention import APPLIED
from tests.stage.cast import Cast


def _sessions() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Session.id))) or 0


def test_dry_then_real_then_the_report(any_app: Flask, cast: Cast):
    shell = any_app.test_cli_runner()
    with cast.at_work(), clock.at(clock.now() - timedelta(days=91)):
        Session.begin(cast.account("owner"))
        db.session.commit()
    never = shell.invoke(report)
    assert never.output.count("last: never") == len(APPLIED)
    assert "session  Sign-ins: 90 days after the end; without a sign-out, after the last use" in never.output

    dry = shell.invoke(run, ["--class", "session", "--dry-run"])
    assert dry.output == "session  examined 1, would remove 1, kept 0\n"
    with cast.at_work():
        assert _sessions() == 1
    assert "would remove 1" in shell.invoke(report).output

    done = shell.invoke(run)
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.output.splitlines()] == [*APPLIED]
    assert "session  examined 1, removed 1, kept 0\n" in done.output
    with cast.at_work():
        assert _sessions() == 0
    assert shell.invoke(report).output.count("next: when the worker begins") == len(APPLIED)


def test_a_class_that_is_none_is_refused(app: Flask):
    refused = app.test_cli_runner().invoke(run, ["--class", "skeleton"])
    assert refused.exit_code == 2
    assert "'skeleton' is not one of" in refused.output
