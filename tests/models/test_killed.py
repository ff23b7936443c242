"""Kill -9 at any moment: nothing that was acknowledged is lost, everything opens, and nothing is there by halves."""

from __future__ import annotations

import subprocess
import sys

from flask import Flask
from sqlalchemy import func, select

from portal.cli.setting_up import ready
from portal.models.base import db
from portal.models.events import history
from portal.models.files import Attachment
from portal.models.queue import Job
from portal.models.repairs import Ticket
from tests.servers.shared import ROOT
from tests.stage import building
from tests.stage.cast import Cast

KILLS = 10


def _acknowledged(app: Flask) -> dict[str, str]:
    """Number → words of every report whose commit had returned when its process was killed."""
    settings = app.extensions["portal.settings"]
    place = (str(settings.instance), settings.database_url, str(KILLS))
    run = subprocess.run(
        [sys.executable, "-m", "tests.models.reporters", *place], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    told = [line.split(" ", 1) for line in run.stdout.splitlines()]
    assert len(told) >= KILLS
    return dict(told)


def _complete(ticket: Ticket) -> bool:
    """Whether the ticket has everything its transaction wrote, and all of it opens."""
    (event,) = history(ticket, staff=True)
    (photo,) = db.session.scalars(select(Attachment).where(Attachment.about_id == ticket.id))
    assert event.fields["number"] == ticket.number
    assert photo.event_id == event.id
    assert photo.file.read().decode() == ticket.words
    return {run.name for run in ticket.clocks if run.running} == {"response", "repair"}


def test_nothing_acknowledged_is_lost_and_every_row_opens(any_app: Flask, cast: Cast):
    acknowledged = _acknowledged(any_app)
    with cast.at_work():
        tickets = {ticket.number: ticket for ticket in db.session.scalars(select(Ticket))}
        assert acknowledged.items() <= {number: ticket.words for number, ticket in tickets.items()}.items()
        assert all(map(_complete, tickets.values()))
        assert 0 <= len(tickets) - len(acknowledged) <= KILLS  # one more may be committed than a process could say
        jobs = dict(db.session.execute(select(Job.kind, func.count()).group_by(Job.kind)).all())
        assert jobs == {"notices.fan_out": len(tickets), "files.thumbnail": len(tickets)}
    _starts_again(any_app, set(tickets))


def _starts_again(app: Flask, numbers: set[str]) -> None:
    settings = app.extensions["portal.settings"]
    again = building.opened(settings.instance, settings.database_url)
    ready(again)
    with again.app_context():
        assert Cast(again).ticket().number not in numbers
        if db.engine.dialect.name == "sqlite":
            assert db.session.scalar(db.text("pragma integrity_check")) == "ok"
        db.session.rollback()
    building.close(again)
