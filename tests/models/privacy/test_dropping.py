"""Dropping the oldest part: signed, recorded, never too early, and a chain that begins somewhere else is refused."""

from __future__ import annotations

import os
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from portal import clock
from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.errors import Refused
from portal.models.events import Event
from portal.models.files import Attachment
from portal.models.notices import Notice
from portal.models.privacy import chain, checkpoints, dropping
from portal.models.privacy.checkpoints import AuditCheckpoint
from portal.models.privacy.looks import Proof, proved
from portal.models.privacy.verifying import State, Why
from portal.vault import signed_note
from tests.models.privacy.chained import change, deliver, events, found, number_all, rewrite, signed
from tests.stage.cast import Cast

LATER = timedelta(days=4 * 365)


def _old(app: Flask, cast: Cast) -> int:
    """A finished ticket and a checkpoint, then four years later another ticket; the checkpoint's number."""
    cast.ticket("accepted").reveal_phone("return_call", cast.actor("manager"))
    db.session.commit()
    number_all()
    number = signed().n
    deliver(app)
    return number


def _cut() -> date:
    today = clock.today()
    return today.replace(year=today.year - 3, day=min(today.day, 28))


def _drop() -> int:
    number = dropping.begin_after(_cut(), SYSTEM).n
    db.session.commit()
    while dropping.remove_some():
        db.session.commit()
    db.session.commit()
    return number


def test_what_is_old_goes_and_the_rest_is_followed_from_there(any_app: Flask, cast: Cast):
    with cast.at_work():
        number = _old(any_app, cast)
        photos = db.session.scalar(select(func.count(Attachment.id)))
        with clock.at(clock.now() + LATER):
            assert _drop() == number
            assert chain.head()[0] == number  # nothing follows yet, and the count goes on
            cast.ticket()
            db.session.commit()
            number_all()
            rows = events()
            assert [row.n for row in rows] == [number + 1, number + 2]
            assert rows[0].kind == dropping.DROPPED
            verdict = found()
            assert (verdict.state, verdict.first, verdict.last) == (State.WHOLE, number + 1, number + 2)
            assert db.session.scalar(select(func.count(Notice.id))) == 0
            assert db.session.scalar(select(func.count(Attachment.id))) == photos
            assert proved(rows[1]).proof == Proof.SIGNED_LATER


def test_a_killed_dropping_leaves_rows_nobody_follows_and_goes_on(any_app: Flask, cast: Cast):
    with cast.at_work():
        number = _old(any_app, cast)
        with clock.at(clock.now() + LATER):
            dropping.begin_after(_cut(), SYSTEM)
            db.session.commit()
            number_all()
            assert found().state == State.WHOLE
            assert dropping.left_over() == number
            assert proved(events()[0]).proof == Proof.DROPPED
            assert _drop() == number
            assert dropping.left_over() == 0
            kinds = db.session.scalars(select(Event.kind)).all()
            assert kinds == [dropping.DROPPED]


def test_three_years_are_kept(any_app: Flask, cast: Cast):
    with cast.at_work():
        _old(any_app, cast)
        with pytest.raises(Refused):
            dropping.begin_after(_cut() + timedelta(days=1), SYSTEM)
        with pytest.raises(Refused):  # no checkpoint is so old
            dropping.begin_after(_cut(), SYSTEM)


def test_an_open_ticket_keeps_its_events(any_app: Flask, cast: Cast):
    with cast.at_work():
        cast.ticket("in_work")
        _old(any_app, cast)
        with clock.at(clock.now() + LATER), pytest.raises(Refused):
            dropping.begin_after(_cut(), SYSTEM)


def test_a_forged_beginning_is_refused(any_app: Flask, cast: Cast):
    """Somebody deletes the first events and marks a genuine checkpoint as the beginning: they cannot sign that."""
    with cast.at_work():
        number = _old(any_app, cast)
        cast.ticket()
        db.session.commit()
        number_all()
        row = db.session.scalars(select(AuditCheckpoint)).one()
        for begins in ("", row.note, _signed_by_another(row)):
            row.begins = begins
            verdict = found()
            assert (verdict.state, verdict.place, verdict.reason) == (State.BROKEN, number, Why.FORGED)
            row = db.session.scalars(select(AuditCheckpoint)).one()
        row.begins = None
        assert found().state == State.WHOLE


def _signed_by_another(row: AuditCheckpoint) -> str:
    row.begin_here()
    lines, _, _ = (row.begins or "").partition("\n\n")
    return signed_note.sign(f"{lines}\n", os.urandom(32))


def test_what_follows_a_beginning_is_still_watched(any_app: Flask, cast: Cast):
    with cast.at_work():
        number = _old(any_app, cast)
        with clock.at(clock.now() + LATER):
            _drop()
            cast.ticket("acknowledged")
            db.session.commit()
            number_all()
            signed()
            change(number + 2, role="nobody")
            assert (found().place, found().reason) == (number + 2, Why.BESIDE)
            db.session.execute(text("update event set n = n - :by where n is not null"), {"by": number})
            db.session.commit()
            rewrite()
            assert not found().sound


def test_a_checkpoint_is_due_after_a_thousand_events_or_a_quarter_of_an_hour(app: Flask, cast: Cast):
    with cast.at_work():
        assert not checkpoints.due(0, bytes(32))
        assert checkpoints.due(1, b"1" * 32)
        checkpoints.sign(1, b"1" * 32)
        db.session.flush()
        assert not checkpoints.due(1000, b"2" * 32)
        assert checkpoints.due(1001, b"2" * 32)
        with clock.at(clock.now() + timedelta(minutes=15)):
            assert checkpoints.due(2, b"2" * 32)
            assert not checkpoints.due(1, b"1" * 32)
