"""Where values could get out or around the seal: bulk statements, pickles, words about a row."""

from __future__ import annotations

import copy
import pickle
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import aliased, undefer

from portal.extensions import db
from portal.models.fields import SealedGroup, groups_of, open_many
from portal.vault import Erased, SealError, Subject, SubjectKind, ring
from tests.models.fields.guests import GUESTS, WORDS, opened, raw, subject_of, tell_nothing, write_raw
from tests.models.fields_app import Guest, Remark, fields_app


@pytest.mark.parametrize(
    "statement",
    [
        lambda: update(Guest).values(contact_sealed=b"x"),
        lambda: update(Guest).values(contact_sealed=None),
        lambda: update(Guest).values({Guest.phone_index: None}),
        lambda: update(Guest).values({"email_index": 1}),
        lambda: update(Guest).values(locale="en", subject_id=uuid4()),
        lambda: update(Guest).values(subject_kind=2),
        lambda: update(Guest).values(name="x"),
        lambda: update(Guest).values(id_number=None),
        lambda: update(Guest).values(contact=None),
        lambda: update(Remark).values(words="x"),
        lambda: update(Guest).ordered_values((Guest.locale, "en"), (Guest.contact_sealed, None)),
        lambda: update(GUESTS).values(contact_sealed=b"x"),
        lambda: update(GUESTS).values({GUESTS.c.phone_index: None}),
        lambda: update(aliased(Guest)).values(phone_index=None),
    ],
)
def test_bulk_update_is_refused(guest, statement):
    before = raw(guest)
    with pytest.raises(TypeError, match="sealed"):
        db.session.execute(statement())
    db.session.rollback()
    assert raw(guest) == before


def test_bulk_update_by_id_is_refused(guest):
    for values in ({"contact_sealed": b"x"}, {"phone_index": None}, {"name": "x"}, {"contact": None}):
        with pytest.raises(TypeError, match="sealed"):
            db.session.execute(update(Guest), [{"id": guest.id, "locale": "en", **values}])
    with pytest.raises(TypeError, match="sealed"):
        db.session.query(Guest).update({"phone_index": None})


def test_bulk_update_of_plain_columns_is_fine(guest):
    db.session.execute(update(Guest).values(locale="en"))
    db.session.execute(update(Guest), [{"id": guest.id, "locale": "fr"}])
    db.session.execute(update(GUESTS).values(locale="de"))
    db.session.commit()
    assert (guest.locale, guest.name) == ("de", WORDS["name"])


def test_an_unsealed_draft_never_reaches_the_driver():
    guest = Guest(name="林晓雯")
    with pytest.raises(Exception) as caught:
        db.session.bulk_save_objects([guest])
    assert tell_nothing(str(caught.value) + repr(caught.value))


def test_repr_and_vars_of_an_edit_say_nothing(guest):
    guest.name = "王芳"
    said = repr(guest) + repr(guest.contact_sealed) + repr(Guest.contact) + repr(Guest.name)
    assert "王芳" not in said
    assert tell_nothing(said)


def test_a_pickle_holds_no_plaintext_and_opens_again(guest):
    assert guest.name
    packed = pickle.dumps(guest)
    assert tell_nothing(packed)
    again = pickle.loads(packed)  # noqa: S301 - our own bytes
    assert again.name == WORDS["name"]
    copied = copy.copy(guest)
    assert not opened(copied)


def test_an_edit_is_not_pickled(guest):
    guest.name = "林晓雯二"
    with pytest.raises(TypeError, match="flush first") as caught:
        pickle.dumps(guest)
    assert tell_nothing(str(caught.value))


def test_merging_carries_edits(guest):
    elsewhere = db.session.get_one(Guest, guest.id)
    assert elsewhere.locale
    db.session.expunge_all()
    elsewhere.name = "王芳"
    merged = db.session.merge(elsewhere)
    db.session.commit()
    assert (merged.name, merged.phone) == ("王芳", WORDS["phone"])


def test_deleting(guest):
    guest.name = "王芳"
    db.session.delete(guest)
    db.session.commit()
    assert db.session.scalars(select(Guest)).all() == []


def test_what_lists_do_not_load(guest):
    db.session.expunge_all()
    row = db.session.scalars(select(Guest)).one()
    assert {"phone_index", "email_index", "identity_sealed"}.isdisjoint(row.__dict__)
    assert "contact_sealed" in row.__dict__
    row.phone = "13900139000"
    db.session.commit()
    assert raw(row, "identity_sealed") is None


def test_opening_many(guest):
    gone, empty = Guest(name="已走", phone="13900139000"), Guest()
    db.session.add_all([gone, empty, *(Guest(name=f"客人{number}") for number in range(60))])
    db.session.commit()
    ring().erase(subject_of(gone))
    db.session.expire_all()
    rows = db.session.scalars(select(Guest).options(undefer(Guest.identity_sealed))).all()
    open_many(rows, Guest.contact)
    assert [opened(row) for row in rows] == [row not in (gone, empty) for row in rows]
    assert {row.name for row in rows if row is not gone} == {WORDS["name"], None, *(f"客人{n}" for n in range(60))}
    assert gone.name is None
    with pytest.raises(Erased):
        _ = gone.contact
    guest.name = "王芳"
    open_many(rows, Guest.contact)
    assert guest.name == "王芳"
    open_many([], Guest.contact)


def test_opening_many_with_one_that_was_changed(guest):
    other = Guest(name="王芳")
    db.session.add(other)
    db.session.commit()
    write_raw(other, "subject_kind", 9)
    open_many([guest, other], Guest.contact)
    assert (opened(guest), opened(other)) == (True, False)
    with pytest.raises(SealError):
        _ = other.name


@pytest.mark.parametrize(
    "declare",
    [
        lambda: SealedGroup("Guest Contact", "x", ("name",)),
        lambda: SealedGroup("guest.contact", "x", ("name",)).field("phone"),
        lambda: SealedGroup("guest.contact", "x", ("name",)).field("name", index="name_index"),
        lambda: SealedGroup("guest.contact", "x", ("name",)).field("name", index="name_index", normaliser="pinyin"),
    ],
)
def test_a_wrong_declaration(declare):
    with pytest.raises(ValueError):
        declare()


def test_the_groups_of_a_model():
    assert [group.label for group in groups_of(Guest)] == ["guest.contact", "guest.identity"]
    assert groups_of(Remark) == (Remark.text_group,)


def test_on_postgres(tmp_path, postgres_url):
    with fields_app(tmp_path / "postgres", postgres_url):
        guest = Guest(**WORDS)
        db.session.add(guest)
        db.session.commit()
        found = db.session.scalars(select(Guest).where(Guest.phone == "13800138000")).one()
        assert found.contact == WORDS
        assert db.session.scalars(select(Guest).where(Guest.subject_id == guest.id)).one() is guest
        assert db.session.scalars(select(Guest).where(Guest.email == WORDS["email"])).one() is guest
        found.sealed_subject = guest.sealed_subject
        assert not db.session.is_modified(found)
        db.session.commit()
        assert found.sealed_subject == Subject(SubjectKind.PERSON, guest.id)
