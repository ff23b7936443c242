"""A row with sealed fields against a dictionary: whatever the session does, both hold the same."""

from __future__ import annotations

import copy
import pickle
import re
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select

from portal.extensions import db
from portal.models.fields import open_many, reseal
from portal.models.fields.row import OPENED
from portal.vault import Subject, SubjectKind
from tests.models.fields_app import Guest, fields_app

FIELDS = ("name", "phone", "email", "id_number")
TEXTS = st.none() | st.sampled_from(["", " ", "林晓雯", "+8613800138000", "a@b"]) | st.text(max_size=40)
Values = dict[str, str | None]


class SealedFieldsMachine(RuleBasedStateMachine):
    """``committed`` and ``now`` are what plain columns would hold, by row id; a missing row is not there."""

    steps = 0  # of all examples together

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[UUID, Guest] = {}
        self.committed: dict[UUID, Values] = {}
        self.now: dict[UUID, Values] = {}

    def teardown(self) -> None:
        db.session.remove()
        db.session.execute(delete(Guest))
        db.session.commit()
        db.session.remove()

    @initialize()
    def begin(self) -> None:
        self.add("林晓雯")

    @rule(name=st.sampled_from(["林晓雯", "王芳"]))
    def add(self, name: str) -> None:
        guest = Guest(name=name)
        db.session.add(guest)
        self.rows[guest.id] = guest
        self.now[guest.id] = dict.fromkeys(FIELDS) | {"name": name}

    @precondition(lambda self: self.now)
    @rule(data=st.data(), field=st.sampled_from(FIELDS), text=TEXTS)
    def set(self, data, field: str, text: str | None) -> None:
        row = self.pick(data)
        if field == "phone" and any(other["phone"] == text for other in self.now.values()):
            text = None  # the index is unique
        try:
            if text is not None:
                text.encode()
        except UnicodeEncodeError:
            with pytest.raises(ValueError):
                setattr(row, field, text)
            return
        setattr(row, field, text)
        self.now[row.id][field] = text

    @rule()
    def flush(self) -> None:
        db.session.flush()

    @rule()
    def commit(self) -> None:
        db.session.commit()
        self.committed = {row: dict(values) for row, values in self.now.items()}

    @rule()
    def roll_back(self) -> None:
        db.session.rollback()
        self.now = {row: dict(values) for row, values in self.committed.items()}
        self.rows = {guest.id: guest for guest in db.session.scalars(select(Guest))}

    @precondition(lambda self: self.now)
    @rule(data=st.data(), refresh=st.booleans())
    def forget(self, data, refresh: bool) -> None:
        row = self.pick(data)
        db.session.flush()
        db.session.refresh(row) if refresh else db.session.expire(row)

    @precondition(lambda self: self.now)
    @rule(data=st.data())
    def leave_by_pickle_and_come_back(self, data) -> None:
        row = self.pick(data)
        db.session.flush()
        assert row.locale  # loaded, as a detached row needs it
        packed = pickle.dumps(row)
        # Words of Python itself stand in every pickle: "Inst" is part of InstanceState.
        texts = [text for text in self.now[row.id].values() if text and len(text) > 3]
        assert not any(text.encode() in packed for text in texts if not re.fullmatch(r"[A-Za-z0-9_. ]+", text))
        db.session.expunge(row)
        self.rows[row.id] = db.session.merge(pickle.loads(packed))  # noqa: S301 - our own bytes

    @precondition(lambda self: self.now)
    @rule(data=st.data())
    def copy(self, data) -> None:
        row = self.pick(data)
        assert row.contact is not None  # opened, if there is anything
        assert not any(name.startswith(OPENED) for name in vars(copy.copy(row)))

    @precondition(lambda self: self.now)
    @rule(data=st.data(), field=st.sampled_from(FIELDS), text=st.sampled_from(["", "merged"]))
    def merge_an_edit_made_outside(self, data, field: str, text: str) -> None:
        row = self.pick(data)
        if field == "phone" and any(other["phone"] == text for other in self.now.values()):
            return
        db.session.flush()
        assert row.identity_sealed is None or row.locale
        db.session.expunge(row)
        setattr(row, field, text)
        self.rows[row.id] = db.session.merge(row)
        self.now[row.id][field] = text

    @precondition(lambda self: self.now)
    @rule(data=st.data())
    def move_to_another_subject(self, data) -> None:
        reseal(self.pick(data), Subject(SubjectKind.TENURE, uuid4()))

    @precondition(lambda self: self.now)
    @rule(data=st.data())
    def delete(self, data) -> None:
        row = self.pick(data)
        db.session.flush()
        db.session.delete(row)
        db.session.flush()
        del self.now[row.id], self.rows[row.id]

    @rule()
    def open_all(self) -> None:
        open_many(self.rows.values(), Guest.contact)

    @rule(phone=st.sampled_from(["138 0013 8000", "merged"]))
    def look_up(self, phone: str) -> None:
        found = {guest.id for guest in db.session.scalars(select(Guest).where(Guest.phone == phone))}
        held = {row for row, values in self.now.items() if values["phone"] == "+8613800138000"}
        assert found == (held if phone != "merged" else set())

    @invariant()
    def the_same_is_held(self) -> None:
        SealedFieldsMachine.steps += 1
        held = {row: {field: getattr(guest, field) for field in FIELDS} for row, guest in self.rows.items()}
        assert held == self.now

    def pick(self, data) -> Guest:
        return self.rows[data.draw(st.sampled_from(sorted(self.now)))]


@pytest.mark.parametrize(
    ("examples", "steps", "least"),
    [(20, 30, 300), pytest.param(250, 60, 10_000, marks=[pytest.mark.long, pytest.mark.timeout(1800)])],
    ids=["quick", "long"],
)
def test_sealed_fields_are_as_plain_ones(tmp_path, examples, steps, least):
    SealedFieldsMachine.steps = 0
    with fields_app(tmp_path):
        run_state_machine_as_test(
            SealedFieldsMachine, settings=settings(max_examples=examples, stateful_step_count=steps)
        )
    assert SealedFieldsMachine.steps >= least
