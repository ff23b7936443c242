"""A restore sets the chain back, which is signed; whoever shortens it without the key is still found."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, select, text

from portal import clock
from portal.models.base import db
from portal.models.events import Event
from portal.models.privacy import chain
from portal.models.privacy.checkpoints import AuditCheckpoint, AuditDelivery
from portal.models.privacy.setting_back import RESTORED, last_set_back, set_back
from portal.models.privacy.verifying import State, Verdict, Why, verify
from portal.vault import ChainError, ring
from portal.vault.checkpoint import Checkpoint
from tests.models.privacy.chained import change, deliver, events, folder, found, number_all, remove, signed
from tests.stage.cast import Cast

HOUR = timedelta(hours=1)


def _on(app: Flask, cast: Cast) -> AuditCheckpoint:
    """Another ticket, numbered, signed, delivered."""
    cast.ticket("acknowledged")
    db.session.commit()
    number_all()
    row = signed()
    deliver(app)
    return row


def _shorten(number: int) -> None:
    """What the database looks like when an older copy of it is there: also what somebody with SQL can do."""
    remove(*range(number + 1, 100))
    later = select(AuditCheckpoint.id).where(AuditCheckpoint.n > number)
    db.session.execute(delete(AuditDelivery).where(AuditDelivery.checkpoint_id.in_(later)))
    db.session.execute(delete(AuditCheckpoint).where(AuditCheckpoint.n > number))
    db.session.execute(delete(Event).where(Event.n.is_(None)))
    db.session.commit()


def _restore(app: Flask, number: int) -> AuditCheckpoint:
    _shorten(number)
    row = set_back()
    db.session.commit()
    deliver(app)
    number_all()
    return row


def _story(app: Flask, cast: Cast) -> tuple[int, int]:
    """Two checkpoints of an hour each; their numbers."""
    first = _on(app, cast).n
    with clock.at(clock.now() + HOUR):
        return first, _on(app, cast).n


def _state(verdict: Verdict) -> tuple[State, int | None, str]:
    return verdict.state, verdict.place, verdict.reason


def _later(hours: int) -> datetime:
    return clock.now() + hours * HOUR


def test_after_a_restore_the_chain_is_whole_and_says_so(any_app: Flask, cast: Cast):
    with cast.at_work():
        first, second = _story(any_app, cast)
        _shorten(first)
        assert _state(found()) == (State.TRUNCATED, second, "")
        with clock.at(_later(2)):
            _restore(any_app, first)
            verdict = found()
            assert (verdict.state, verdict.back.count, verdict.back.at) == (State.WHOLE, first, clock.now())
            assert events()[-1].kind == RESTORED
            assert events()[-1].fields["n"] == first
            assert last_set_back() == verdict.back
            assert len([*folder(any_app).glob("*.note")]) == 3
        with clock.at(_later(3)):
            assert _on(any_app, cast).n > second - 1
            assert found().state == State.WHOLE


def test_what_is_done_to_it_afterwards_is_found(any_app: Flask, cast: Cast):
    with cast.at_work():
        first, _ = _story(any_app, cast)
        with clock.at(_later(2)):
            _restore(any_app, first)
        with clock.at(_later(3)):
            third = _on(any_app, cast).n
        kept = bytes(events()[1].h)
        change(2, h=os.urandom(32))
        assert _state(found()) == (State.BROKEN, 2, Why.CHANGED)
        change(2, h=kept)
        _shorten(third - 1)
        assert _state(found()) == (State.TRUNCATED, third, "")
        _shorten(first)
        assert _state(found()) == (State.TRUNCATED, third, "")
        _shorten(first - 1)
        assert _state(found())[0] == State.TRUNCATED


@pytest.mark.parametrize("what", ["key", "installation", "number", "head", "columns"])
def test_nobody_without_the_key_can_say_so(app: Flask, cast: Cast, what: str):
    with cast.at_work():
        first, second = _story(app, cast)
        head = bytes(events()[first - 1].h)
        _shorten(first)
        with clock.at(_later(2)):
            installation = uuid4() if what == "installation" else ring().installation
            seed = os.urandom(32) if what in ("key", "installation") else ring().secret("audit")
            said_n = first - 1 if what == "number" else first
            said = Checkpoint(installation, said_n, os.urandom(32) if what == "head" else head, clock.now(), True)
            n = first + 1 if what == "columns" else said.count
            db.session.add(AuditCheckpoint(n=n, head=said.head, at=said.at, note=said.sign(seed)))
            db.session.commit()
            why = Why.REWRITTEN if what in ("number", "head") else Why.FORGED
            assert _state(found()) == (State.BROKEN, n, why)
        db.session.execute(delete(AuditCheckpoint).where(AuditCheckpoint.n == n, AuditCheckpoint.at == said.at))
        assert _state(found()) == (State.TRUNCATED, second, "")


def test_an_ordinary_checkpoint_sets_nothing_back(app: Flask, cast: Cast):
    """The words are signed with the rest: another first line is another note."""
    with cast.at_work():
        first, second = _story(app, cast)
        _shorten(first)
        row = db.session.scalars(select(AuditCheckpoint)).one()
        note = row.note
        row.note = note.replace("\n", "/restored\n", 1)
        assert _state(found()) == (State.BROKEN, first, Why.FORGED)
        assert last_set_back() is None
        row.note = note
        with clock.at(_later(2)):
            signed()
        assert _state(found()) == (State.TRUNCATED, second, "")


def test_a_note_of_an_earlier_restore_excuses_nothing_that_was_signed_since(app: Flask, cast: Cast):
    with cast.at_work():
        first, _ = _story(app, cast)
        with clock.at(_later(2)):
            note = _restore(app, first)
            kept = {name: getattr(note, name) for name in ("id", "n", "head", "at", "note")}
        with clock.at(_later(3)):
            third = _on(app, cast).n
        _shorten(first)
        db.session.execute(text("delete from audit_delivery"))
        db.session.execute(delete(AuditCheckpoint))
        db.session.add(AuditCheckpoint(**kept))
        assert _state(found()) == (State.TRUNCATED, third, "")


def test_a_restore_that_the_database_does_not_know_excuses_nothing(app: Flask, cast: Cast):
    """As one tried elsewhere leaves it in a place that both use."""
    with cast.at_work():
        first, second = _story(app, cast)
        head = bytes(events()[first - 1].h)
        with clock.at(_later(2)):
            elsewhere = Checkpoint(ring().installation, first, head, clock.now(), True).sign(ring().secret("audit"))
            (folder(app) / f"{first:012d}-elsewhere.note").write_text(elsewhere)
            assert found().state == State.WHOLE
            assert found().back is None
            _shorten(first)
            assert _state(found()) == (State.TRUNCATED, second, "")


def test_the_wrong_backup_first_and_then_the_right_one(app: Flask, cast: Cast):
    """What was done between the two restores went with the second; what the first had lost counts again."""
    with cast.at_work():
        first, second = _story(app, cast)
        rows = [{c.name: getattr(row, c.name) for c in Event.__table__.columns} for row in events()[first:]]
        with clock.at(_later(2)):
            _restore(app, first)
        with clock.at(_later(3)):
            assert first < signed().n < second
            deliver(app)
        with clock.at(_later(4)):
            _shorten(first)
            db.session.execute(delete(AuditDelivery).where(AuditDelivery.checkpoint_id == _newest()))
            db.session.execute(delete(AuditCheckpoint).where(AuditCheckpoint.id == _newest()))
            db.session.execute(Event.__table__.insert(), rows)
            _restore(app, second)
            verdict = found()
            assert (verdict.state, verdict.back.count) == (State.WHOLE, second)
            change(second, n=None)
            assert found().reason == Why.MISSING


def _newest() -> UUID:
    newest = AuditCheckpoint.newest()
    assert newest is not None
    return newest.id


def test_an_empty_chain_is_set_back_to_nothing(app: Flask, cast: Cast):
    with cast.at_work():
        _story(app, cast)
        with clock.at(_later(2)):
            assert _restore(app, 0).n == 0
            verdict = found()
            assert (verdict.state, verdict.last, chain.head()[0]) == (State.WHOLE, 1, 1)


def test_no_verification_begins_at_what_was_lost(app: Flask, cast: Cast):
    with cast.at_work():
        first, _ = _story(app, cast)
        lost = AuditCheckpoint.newest().note
        with clock.at(_later(2)):
            note = _restore(app, first).note
            with pytest.raises(ChainError, match="set the chain back"):
                verify(start=lost)
            assert verify(start=note).first == first + 1
