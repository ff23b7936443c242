"""The chain: numbered without a gap, and every change of what was kept is found."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text

from portal import clock
from portal.extensions import reading
from portal.models.base import db, new_id
from portal.models.events import Event, stamp
from portal.models.privacy import chain, checkpoints
from portal.models.privacy.checkpoints import AuditCheckpoint
from portal.models.privacy.rows import says
from portal.models.privacy.verifying import State, Why, verify
from portal.models.repairs import states
from portal.vault import ring
from portal.vault.chain import canonical_json, follow
from portal.vault.checkpoint import Checkpoint
from tests.models.privacy.chained import change, events, folder, found, number_all, remove, rewrite, tell
from tests.stage.cast import Cast
from tests.stage.crowd import at_once

LONG = 1_000_000
SHORT = 6_000


def test_every_committed_event_gets_the_next_number(any_app: Flask, cast: Cast):
    with cast.at_work():
        cast.ticket("accepted")
        db.session.commit()
        assert chain.waiting()
        assert number_all() == 7
        cast.ticket()
        db.session.commit()
        assert number_all() == 1
        assert not chain.waiting()
        rows = events()
        assert [row.n for row in rows] == [*range(1, 9)]
        assert follow((row.json, row.h) for row in rows) == chain.head()
        assert [(row.at, row.id) for row in rows] == sorted((row.at, row.id) for row in rows)
        assert found().state == State.WHOLE


def test_an_event_committed_late_gets_a_later_number(any_app: Flask, cast: Cast):
    with cast.at_work():
        cast.ticket()
        db.session.commit()
        number_all()
        with clock.at(clock.now() - timedelta(days=3)):
            cast.ticket()
        db.session.commit()
        number_all()
        early, late = events()
        assert (early.n, late.n) == (1, 2)
        assert late.at < early.at
        assert found().state == State.WHOLE


def test_an_idle_portal_is_only_read(app: Flask, cast: Cast):
    """A reader's transaction refuses to write: looking is possible in one."""
    with cast.at_work():
        cast.ticket()
        db.session.commit()
        number_all()
        with reading():
            db.session.execute(text("pragma query_only=on"))
            assert not chain.waiting()
            assert chain.number_events() == 0
            checkpoints.due(*chain.head())
            db.session.execute(text("pragma query_only=off"))
            db.session.rollback()


BESIDE = {
    "kind": lambda row: states.CHECKED,
    "role": lambda row: "manager",
    "at": lambda row: row.at + timedelta(microseconds=1),
    "about_noun": lambda row: "person",
    "about_id": lambda row: uuid4(),
    "actor_id": lambda row: None,
    "development_id": lambda row: None,
    "id": lambda row: new_id(),
}


@pytest.mark.parametrize("column", BESIDE)
def test_a_column_beside_the_bytes_cannot_be_changed(any_app: Flask, cast: Cast, column: str):
    with cast.at_work():
        tell(any_app, cast)
        # 9 is of the second ticket and has no notice yet, so that even its id can be changed
        row = events()[8]
        change(9, **{column: BESIDE[column](row)})
        verdict = found()
        assert (verdict.state, verdict.place, verdict.reason) == (State.BROKEN, 9, Why.BESIDE)


def _edit_content(number: int) -> None:
    body = json.loads(events()[number - 1].json)
    change(number, json=canonical_json(body | {"role": "auditor"}), role="auditor")


def _swap(first: int, second: int) -> None:
    one, other = events()[first - 1], events()[second - 1]
    kept = one.h, other.h
    change(first, n=None)
    change(second, n=first, h=kept[0])
    db.session.execute(text("update event set n=:n, h=:h where n is null"), {"n": second, "h": kept[1]})
    db.session.commit()


def _insert() -> None:
    last = events()[-1]
    copy = {column.name: getattr(last, column.name) for column in Event.__table__.columns if column.name != "id"}
    copy |= {"id": new_id(), "n": (last.n or 0) + 1, "h": os.urandom(32), "once": None}
    db.session.execute(Event.__table__.insert().values(**copy))
    db.session.commit()


CHANGES = {
    "content edited": (lambda: _edit_content(3), 3, Why.CHANGED),
    "hash edited": (lambda: change(3, h=os.urandom(32)), 3, Why.CHANGED),
    "hash removed": (lambda: change(3, h=None), 3, Why.CHANGED),
    "first one deleted": (lambda: remove(1), 1, Why.MISSING),
    "one deleted": (lambda: remove(3), 3, Why.MISSING),
    "several deleted": (lambda: remove(3, 4, 5), 3, Why.MISSING),
    "two swapped": (lambda: _swap(3, 4), 3, Why.CHANGED),
    "one added with a false hash": (_insert, None, Why.CHANGED),
    "a number taken away": (lambda: change(3, n=None), 3, Why.MISSING),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_found_where_it_was_made(any_app: Flask, cast: Cast, name: str):
    act, place, why = CHANGES[name]
    with cast.at_work():
        tell(any_app, cast)
        count = len(events())
        assert found().state == State.WHOLE
        act()
        verdict = found()
        assert (verdict.state, verdict.place, verdict.reason) == (State.BROKEN, place or count + 1, why)


def test_a_shortened_chain_is_found_by_a_checkpoint(any_app: Flask, cast: Cast):
    with cast.at_work():
        signed = tell(any_app, cast)
        remove(*range(signed, len(events()) + 1))
        verdict = found()
        assert (verdict.state, verdict.place, verdict.last) == (State.TRUNCATED, signed, signed - 1)
        db.session.execute(text("delete from audit_delivery"))
        db.session.execute(delete(AuditCheckpoint))
        assert found().state == State.TRUNCATED  # the one in the folder
        db.session.commit()
        assert verify(outside=False).state == State.WHOLE  # and only that one knows


def test_a_chain_written_anew_is_found_by_the_checkpoint_in_the_folder(any_app: Flask, cast: Cast):
    with cast.at_work():
        signed = tell(any_app, cast)
        _edit_content(2)
        rewrite(begin=2)
        db.session.execute(text("delete from audit_delivery"))
        db.session.execute(delete(AuditCheckpoint))
        db.session.commit()
        assert verify(outside=False).state == State.WHOLE
        verdict = found()
        assert (verdict.state, verdict.place, verdict.reason) == (State.BROKEN, signed, Why.REWRITTEN)


def test_an_event_slipped_in_and_the_rest_written_anew_is_found(any_app: Flask, cast: Cast):
    with cast.at_work():
        signed = tell(any_app, cast)
        remove(2)
        rewrite(begin=1)
        verdict = found()
        assert (verdict.state, verdict.place, verdict.reason) == (State.BROKEN, signed, Why.REWRITTEN)


@pytest.mark.parametrize("where", ["table", "folder"])
def test_a_checkpoint_signed_by_somebody_else_is_refused(app: Flask, cast: Cast, where: str):
    with cast.at_work():
        signed = tell(app, cast)
        number, head = chain.head()
        forged = Checkpoint(ring().installation, number, head, clock.now()).sign(os.urandom(32))
        if where == "folder":
            (folder(app) / f"{signed:012d}-forged.note").write_text(forged)
        else:
            db.session.scalars(select(AuditCheckpoint)).one().note = forged
        verdict = found()
        assert (verdict.state, verdict.place, verdict.reason) == (State.BROKEN, signed, Why.FORGED)


def test_the_columns_of_a_checkpoint_are_compared_as_well(app: Flask, cast: Cast):
    with cast.at_work():
        tell(app, cast)
        db.session.scalars(select(AuditCheckpoint)).one().n += 1
        assert found().reason == Why.FORGED


def test_events_that_wait_are_counted_and_nothing_is_wrong(any_app: Flask, cast: Cast):
    with cast.at_work():
        tell(any_app, cast)
        cast.ticket()
        verdict = found()
        assert (verdict.state, verdict.waiting, verdict.sound) == (State.WAITING, 1, True)


def test_erasing_and_sealing_anew_leave_the_chain_whole(any_app: Flask, cast: Cast):
    """The event holds a salted digest of its note, never the note: neither another blob nor no key changes it."""
    with cast.at_work():
        tell(any_app, cast)
        noted = [row for row in events() if row.note_sealed]
        assert noted
        for row in noted:
            subject = row.sealed_subject
            blob = ring().seal_group("event.note", row.id, subject, {"text": row.note, "salt": row.salt})
            assert blob != row.note_sealed
            change(row.n, note_sealed=blob)
        assert found().state == State.WHOLE
        for row in events():
            if row.note_sealed:
                ring().erase(row.sealed_subject)
        assert found().state == State.WHOLE


def test_a_verification_may_begin_at_a_checkpoint(any_app: Flask, cast: Cast):
    with cast.at_work():
        signed = tell(any_app, cast)
        note = db.session.scalars(select(AuditCheckpoint)).one().note
        change(2, h=os.urandom(32))
        verdict = verify(start=note)
        assert (verdict.state, verdict.first) == (State.WHOLE, signed + 1)
        change(signed + 2, h=os.urandom(32))
        assert verify(start=note).place == signed + 2


def test_many_writers_and_several_sequencers_leave_no_gap(any_app: Flask, cast: Cast):
    def write() -> None:
        for _ in range(10):
            cast.ticket()
            db.session.commit()

    def number() -> None:
        for _ in range(30):
            chain.number_events(limit=7)
            db.session.commit()

    errors = [error for error in at_once(any_app, write, write, write, number, number, number) if error]
    assert errors == []
    with cast.at_work():
        number_all()
        assert [row.n for row in events()] == [*range(1, 31)]
        assert found().state == State.WHOLE


def test_every_column_is_compared_with_the_bytes(app: Flask, cast: Cast):
    """A column may not hide behind a quotation mark."""
    with cast.at_work():
        tell(app, cast)
        for row in events():
            at = f"{row.at:%Y-%m-%d %H:%M:%S.%f}"
            ids = [one.bytes if one else None for one in (row.about_id, row.development_id, row.actor_id)]
            beside = [row.id.bytes, at, row.kind, row.about_noun, *ids, row.role]
            assert says(row.json, beside)
            sealed = json.loads(row.json).get("sealed", "")
            assert not says(row.json, [*beside[:-1], f'{row.role}","sealed":"{sealed}'])
            for place in range(len(beside)):
                other = [*beside]
                other[place] = os.urandom(16) if place in (0, 4, 5, 6) else f"{beside[place]} "[::-1]
                assert not says(row.json, other)


def _many(count: int) -> None:
    """Events as the portal writes them, without their tickets."""
    moment = clock.now()
    for begin in range(0, count, 10_000):
        rows = []
        for place in range(begin, min(count, begin + 10_000)):
            id_, about, at = new_id(), uuid4(), moment + timedelta(milliseconds=place)
            body = {
                "about": ["ticket", about.hex],
                "actor": None,
                "at": stamp(at),
                "behalf": None,
                "channel": "system",
                "development": None,
                "fields": {},
                "id": id_.hex,
                "kind": states.STARTED,
                "request": "",
                "role": "system",
            }
            row = {"id": id_, "at": at, "kind": states.STARTED, "about_noun": "ticket", "about_id": about}
            rows.append(row | {"role": "system", "owner_sees": True, "json": canonical_json(body)})
        db.session.execute(Event.__table__.insert(), rows)
        db.session.commit()


@pytest.mark.parametrize("count", [SHORT, pytest.param(LONG, marks=[pytest.mark.long, pytest.mark.timeout(1800)])])
def test_a_long_chain(any_app: Flask, cast: Cast, count: int):
    with cast.at_work():
        _many(count)
        assert number_all() == count
        verdict = found()
        assert (verdict.state, verdict.last) == (State.WHOLE, count)
        assert db.session.scalar(select(func.count(Event.n.distinct()))) == count
        change(count // 2, h=os.urandom(32))
        assert found().place == count // 2
