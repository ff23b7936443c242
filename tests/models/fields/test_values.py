"""Sealed fields in the unit of work: they behave as plain columns do."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.vault import KeyMissing, ring
from tests.models.fields.guests import WORDS, opened, raw, subject_of, tell_nothing, write_raw
from tests.models.fields_app import Guest


def test_written_and_read(guest):
    assert (guest.name, guest.phone, guest.email) == tuple(WORDS.values())
    assert guest.contact == WORDS
    assert raw(guest)[0] == 0x81
    assert len(raw(guest)) % 32 == 0


def test_no_plaintext_in_the_files(guest, folder):
    guest.id_number = "110105194912310021"
    db.session.commit()
    for path in folder.glob("*.sqlite*"):
        assert tell_nothing(path.read_bytes())
        assert b"110105194912310021" not in path.read_bytes()


def test_readable_before_the_flush():
    guest = Guest(name="王芳")
    assert (guest.name, guest.phone) == ("王芳", None)
    guest.phone = "13900139000"
    assert guest.contact == {"name": "王芳", "phone": "13900139000"}


@pytest.mark.parametrize("words", ["", " ", "\n", "\0", "None", "null", "🏠" * 500, "e\u0301", "‮安居"])
def test_null_is_not_empty_and_every_text_comes_back(guest, words):
    guest.name = words
    guest.email = None
    db.session.commit()
    assert (guest.name, guest.email) == (words, None)
    assert guest.contact == {"name": words, "phone": WORDS["phone"]}


def test_none_clears_field_blob_and_index(guest):
    guest.phone = None
    db.session.commit()
    assert (guest.phone, raw(guest, "phone_index")) == (None, None)
    guest.name = guest.email = None
    db.session.commit()
    assert (raw(guest), raw(guest, "email_index"), guest.contact) == (None, None, {})


def test_a_whole_group_is_cleared(guest):
    guest.contact = None
    db.session.commit()
    assert (guest.name, raw(guest), raw(guest, "phone_index"), raw(guest, "email_index")) == (None,) * 4
    with pytest.raises(TypeError):
        guest.contact = {"name": "x"}


def test_a_row_without_any_value_has_no_blob_and_no_key():
    guest = Guest()
    db.session.add(guest)
    db.session.commit()
    assert (raw(guest), guest.name) == (None, None)
    with pytest.raises(KeyMissing):
        ring().seal_group("guest.contact", guest.id, subject_of(guest), {"name": "x"})


def test_the_same_value_is_not_dirty(guest):
    before = raw(guest)
    guest.name, guest.phone = WORDS["name"], WORDS["phone"]
    guest.id_number = None
    assert guest not in db.session.dirty
    db.session.commit()
    assert raw(guest) == before


def test_a_group_that_is_not_touched_is_not_sealed_again(guest):
    guest.id_number = "11010519491231002X"
    db.session.commit()
    contact, identity = raw(guest), raw(guest, "identity_sealed")
    guest.locale = "en"
    db.session.commit()
    assert (raw(guest), raw(guest, "identity_sealed")) == (contact, identity)
    guest.id_number = "110105194912310021"
    db.session.commit()
    assert raw(guest) == contact
    assert raw(guest, "identity_sealed") != identity


def test_rollback_of_an_edit(guest):
    guest.name = "王芳"
    db.session.rollback()
    assert guest.name == WORDS["name"]
    guest.name = "王芳"
    db.session.flush()
    assert guest.name == "王芳"
    db.session.rollback()
    assert guest.name == WORDS["name"]


def test_rollback_to_a_savepoint(guest):
    guest.name = "王芳"
    db.session.flush()
    nested = db.session.begin_nested()
    guest.name = "李雷"
    db.session.flush()
    nested.rollback()
    assert guest.name == "王芳"


def test_rollback_of_a_new_row_and_a_second_try(guest):
    twin = Guest(name="王芳", phone=WORDS["phone"])
    db.session.add(twin)
    with pytest.raises(IntegrityError) as caught:
        db.session.commit()
    assert tell_nothing(str(caught.value))
    db.session.rollback()
    twin.phone = "13900139000"
    db.session.add(twin)
    db.session.commit()
    db.session.expire_all()
    assert (twin.name, twin.phone) == ("王芳", "13900139000")
    assert db.session.scalars(select(Guest).where(Guest.phone == "13900139000")).one() is twin


@pytest.mark.parametrize("forget", [db.session.expire, db.session.refresh, lambda _: db.session.commit()])
def test_the_opened_copy_goes_with_the_attributes(guest, forget):
    assert guest.name
    assert opened(guest)
    forget(guest)
    assert not opened(guest)
    assert guest.name == WORDS["name"]


def test_what_another_session_wrote_is_read_after_a_refresh(guest):
    assert guest.name
    blob = ring().seal_group("guest.contact", guest.id, subject_of(guest), {"name": "王芳"})
    write_raw(guest, "contact_sealed", blob)
    db.session.refresh(guest)
    assert guest.contact == {"name": "王芳"}


def test_nothing_is_opened_that_nobody_reads(guest):
    db.session.expunge_all()
    row = db.session.scalars(select(Guest)).one()
    assert (row.locale, opened(row)) == ("zh", False)
    assert row.name
    assert opened(row)


def test_an_unknown_field_is_kept_and_written_back(guest):
    fields = {"name": "王芳", "nickname": "小芳"}
    write_raw(guest, "contact_sealed", ring().seal_group("guest.contact", guest.id, subject_of(guest), fields))
    guest.phone = "13900139000"
    db.session.commit()
    assert guest.contact == fields | {"phone": "13900139000"}


@pytest.mark.parametrize("value", [7, b"x", 1.5, ["x"], object()])
def test_only_text_is_taken(guest, value):
    with pytest.raises(TypeError):
        guest.name = value
    assert guest.name == WORDS["name"]


def test_half_a_surrogate_pair_is_refused_at_once(guest):
    with pytest.raises(ValueError) as caught:
        guest.name = "林晓雯\ud800"
    assert tell_nothing(str(caught.value) + repr(caught.value.__context__))
