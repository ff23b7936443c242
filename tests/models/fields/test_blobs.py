"""What is bound into a blob: a row, its subject, its key; what was moved or changed does not open."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.models.fields import reseal
from portal.vault import Erased, KeyMissing, SealError, Subject, SubjectKind, ring
from tests.models.fields.guests import WORDS, raw, subject_of, tell_nothing, write_raw
from tests.models.fields_app import Guest, Remark


def test_two_rows_swapped_in_the_database(guest):
    other = Guest(name="王芳", phone="13900139000")
    db.session.add(other)
    db.session.commit()
    mine, theirs = raw(guest), raw(other)
    write_raw(guest, "contact_sealed", theirs)
    write_raw(other, "contact_sealed", mine)
    for row in (guest, other):
        with pytest.raises(SealError):
            _ = row.name


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("identity_sealed", None),
        ("subject_id", b"\1" * 16),
        ("subject_kind", 2),
        ("subject_kind", 9),
        ("subject_kind", None),
    ],
)
def test_a_row_changed_in_the_database(guest, column, value):
    if column == "identity_sealed":
        write_raw(guest, column, raw(guest))
    else:
        ring().ensure(Subject(SubjectKind.TENURE, guest.id))
        write_raw(guest, column, value)
    with pytest.raises((SealError, KeyMissing)):
        _ = guest.id_number if column == "identity_sealed" else guest.name


def test_a_blob_taken_from_another_row_is_not_written(guest):
    other = Guest(name="王芳")
    db.session.add(other)
    db.session.flush()
    other.contact_sealed = guest.contact_sealed
    with pytest.raises(SealError):
        db.session.flush()


def test_an_index_set_by_hand_is_put_right(guest):
    right = raw(guest, "phone_index")
    guest.phone_index = bytes(16)
    db.session.commit()
    assert raw(guest, "phone_index") == right


def test_the_subject_changes_by_reseal_only(guest):
    tenure = Subject(SubjectKind.TENURE, uuid4())
    ring().ensure(tenure)
    assert guest.name
    guest.sealed_subject = tenure
    with pytest.raises(SealError):
        db.session.flush()
    db.session.rollback()
    guest.id_number = "11010519491231002X"
    before = subject_of(guest)
    reseal(guest, tenure)
    db.session.commit()
    ring().erase(before)
    assert (guest.contact, guest.id_number, guest.sealed_subject) == (WORDS, "11010519491231002X", tenure)
    assert db.session.scalars(select(Guest).where(Guest.phone == WORDS["phone"])).one() is guest


def test_resealing_for_the_same_subject_makes_new_bytes(guest):
    before = raw(guest)
    reseal(guest, subject_of(guest))
    db.session.commit()
    assert raw(guest) != before
    assert guest.contact == WORDS


def test_erased(guest):
    ring().erase(subject_of(guest))
    db.session.expire_all()
    assert (guest.name, guest.phone) == (None, None)
    with pytest.raises(Erased):
        _ = guest.contact
    with pytest.raises(Erased):
        guest.name = "王芳"
    guest.locale = "en"
    guest.contact = None
    db.session.commit()
    assert (guest.name, raw(guest, "phone_index")) == (None, None)
    guest.name = "王芳"
    with pytest.raises(Erased):
        db.session.commit()


def test_a_row_of_nobody():
    remark = Remark()
    db.session.add(remark)
    db.session.commit()
    assert remark.words is None
    remark.words = "林晓雯 said"
    with pytest.raises(ValueError, match="Remark has no subject") as caught:
        db.session.commit()
    assert tell_nothing(str(caught.value))


def test_a_row_under_another_subject_makes_its_key_first():
    tenure = Subject(SubjectKind.TENURE, uuid4())
    remark = Remark(words="墙上有裂缝", sealed_subject=tenure)
    db.session.add(remark)
    db.session.flush()
    db.session.rollback()
    assert ring().seal_group("remark.text", uuid4(), tenure, {"text": "x"})


def test_rows_that_seal_nothing_need_no_ring(app, monkeypatch):
    monkeypatch.delitem(app.extensions, "portal.keyring")
    db.session.add(Remark())
    db.session.commit()
