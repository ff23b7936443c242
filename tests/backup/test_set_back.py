"""After the command restored an older set, the places name more events than there are: that was signed, and is said."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select, text

from portal.models.base import db
from portal.models.events import Event
from portal.models.privacy.checkpoints import AuditCheckpoint
from portal.models.privacy.setting_back import RESTORED, last_set_back
from portal.models.privacy.verifying import State, Why
from tests.backup.reading import Target
from tests.models.privacy.chained import change, deliver, events, folder, found, number_all, signed
from tests.stage.cast import Cast


def test_a_restored_portal_says_that_it_was_set_back(app: Flask, populated, back_up, restore, target, cast: Cast):
    target.more = {"PORTAL_CHECKPOINTS": f"file://{folder(app)}"}
    with cast.at_work():
        number_all()
        number = signed().n
        deliver(app)
    assert back_up().exit_code == 0
    with cast.at_work():
        cast.ticket("accepted")
        db.session.commit()
        number_all()
        lost = signed().n
        deliver(app)
    done = restore(target)
    assert done.exit_code == 0, done.output
    with target.opened() as again:
        deliver(again.app)
        number_all()
        _whole_and_said(again.app, number, lost)
        _found_when_changed(again.app, number)


def _whole_and_said(app: Flask, number: int, lost: int) -> None:
    verdict = found()
    assert (verdict.state, verdict.last, verdict.back) == (State.WHOLE, number + 1, last_set_back())
    assert lost > verdict.last
    assert db.session.scalars(select(Event).where(Event.kind == RESTORED)).one().n == number + 1
    assert [note.read_text() for note in folder(app).glob("*.note")] == []
    said = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert said.exit_code == 0
    assert f"set back to event {number} on " in said.output


def _found_when_changed(app: Flask, number: int) -> None:
    kept = bytes(events()[2].h or b"")
    change(3, h=bytes(32))
    assert (found().state, found().place, found().reason) == (State.BROKEN, 3, Why.CHANGED)
    change(3, h=kept)
    db.session.execute(text("delete from audit_delivery"))
    db.session.execute(text("delete from audit_checkpoint where n = :n and note like '%/restored%'"), {"n": number})
    db.session.commit()
    assert found().state == State.TRUNCATED
    assert db.session.scalars(select(AuditCheckpoint)).one().n == number


def test_a_dry_run_signs_nothing(app: Flask, populated, back_up, restore, target: Target):
    assert back_up().exit_code == 0
    done = restore(target, "--dry-run")
    assert done.exit_code == 0, done.output
    assert not (target.folder / "portal.sqlite").exists()
