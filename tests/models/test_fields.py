"""Sealed fields in the unit of work: they behave as plain columns do, and what cannot is refused."""

from __future__ import annotations

import copy
import pickle
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, undefer

from portal.extensions import db
from portal.models.fields import FieldQuery, SealedGroup, groups_of, open_many, reseal
from portal.models.fields.row import OPENED
from portal.vault import Erased, KeyMissing, SealError, Subject, SubjectKind, ring
from tests.models.fields_app import Guest, Remark, fields_app

WORDS = {"name": "林晓雯", "phone": "+8613800138000", "email": "Lin@Example.com"}
GUESTS: Any = Guest.__table__
CANARIES = ("林晓雯", "13800138000", "Lin@Example")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fields")


@pytest.fixture(scope="module", autouse=True)
def app(folder):
    with fields_app(folder) as app:
        yield app


@pytest.fixture(autouse=True)
def empty_tables(app):
    yield
    db.session.remove()
    for table in (Guest, Remark):
        db.session.execute(delete(table))
    db.session.commit()


@pytest.fixture
def guest(app) -> Guest:
    made = Guest(**WORDS)
    db.session.add(made)
    db.session.commit()
    return made


def raw(guest: Guest, column: str = "contact_sealed"):
    return db.session.scalar(text(f"SELECT {column} FROM guest WHERE id = :id"), {"id": guest.id.bytes})


def write_raw(guest: Guest, column: str, value) -> None:
    db.session.execute(
        text(f"UPDATE guest SET {column} = :value WHERE id = :id"), {"value": value, "id": guest.id.bytes}
    )
    db.session.commit()


def subject_of(guest: Guest) -> Subject:
    """Whose key seals the guest's groups."""
    assert guest.sealed_subject is not None
    return guest.sealed_subject


def opened(row) -> bool:
    return any(name.startswith(OPENED) for name in row.__dict__)


def tell_nothing(said: str | bytes) -> bool:
    """Whether no plaintext is in what was said, however it is written."""
    loud = said if isinstance(said, bytes) else said.encode()
    return not any(canary.encode() in loud or ascii(canary)[1:-1].encode() in loud for canary in CANARIES)


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
    with pytest.raises(Erased):
        _ = guest.name
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


def test_found_by_any_spelling(guest):
    for spelling in ("13800138000", "+86 138 0013 8000", "０１３８-００１３-８０００"):
        assert db.session.scalars(select(Guest).where(Guest.phone == spelling)).one() is guest
        assert db.session.scalars(select(Guest).filter_by(phone=spelling)).one() is guest
    assert db.session.scalars(select(Guest).where(Guest.email == "LIN@example.COM")).one() is guest
    assert db.session.scalars(select(Guest).where(Guest.phone.in_(["13900139000", "13800138000"]))).one() is guest


@pytest.mark.parametrize("asked", ["13900139000", "", "front desk", "\ud800"])
def test_not_found(guest, asked):
    assert db.session.scalars(select(Guest).where(Guest.phone == asked)).all() == []
    assert db.session.scalars(select(Guest).where(Guest.phone.in_([asked]))).all() == []
    assert db.session.scalars(select(Guest).where(Guest.phone.in_([]))).all() == []


def test_a_row_is_found_by_what_it_holds_now(guest):
    guest.phone = "13900139000"
    db.session.commit()
    assert db.session.scalars(select(Guest).where(Guest.phone == WORDS["phone"])).all() == []
    assert db.session.scalars(select(Guest).where(Guest.phone == "13900139000")).one() is guest


def test_an_alias_asks_its_own_table(guest):
    other = aliased(Guest)
    pairs = select(Guest, other).join(other, other.id == Guest.id).where(Guest.phone == WORDS["phone"])
    assert db.session.execute(pairs.where(other.phone == "13900139000")).all() == []
    assert db.session.execute(pairs.where(other.phone == WORDS["phone"])).all() == [(guest, guest)]
    assert db.session.scalars(select(other).where(other.email.in_([WORDS["email"]]))).one() is guest


def test_an_index_that_was_moved_is_found_out(guest):
    thief = Guest(name="小偷", phone="13900139000")
    db.session.add(thief)
    db.session.commit()
    index = raw(guest, "phone_index")
    write_raw(guest, "phone_index", None)
    write_raw(thief, "phone_index", index)
    found = db.session.scalars(select(Guest).where(Guest.phone == WORDS["phone"])).one()
    assert found is thief
    assert not Guest.phone.matches(found, WORDS["phone"])
    assert Guest.phone.matches(guest, "138-0013-8000")
    assert not Guest.phone.matches(guest, "front desk")


@pytest.mark.parametrize(
    "ask",
    [
        lambda field: field != "x",
        lambda field: field < "x",
        lambda field: field <= "x",
        lambda field: field > "x",
        lambda field: field >= "x",
        lambda field: "x" in field,
        lambda field: field + "x",
        lambda field: list(field),
        lambda field: bool(field),
        lambda field: hash(field),
        lambda field: field == None,  # noqa: E711 - what a query would say
        lambda field: field == 7,
        lambda field: field == Guest.locale,
        lambda field: field.in_("13800138000"),
        lambda field: field.in_([None]),
        lambda field: select(Guest).order_by(field),
        lambda field: select(Guest).group_by(field),
        lambda field: select(field),
        lambda field: select(Guest).where(field),
        lambda field: select(Guest).filter_by(phone=None),
        lambda field: Guest.locale == field,
    ],
)
def test_every_other_question_raises(ask):
    with pytest.raises(TypeError):
        ask(Guest.phone)


@pytest.mark.parametrize(
    "operator", ["like", "ilike", "contains", "startswith", "is_", "notin_", "between", "asc", "desc"]
)
def test_a_field_has_no_other_operator(operator):
    assert not hasattr(Guest.phone, operator)


@pytest.mark.parametrize("ask", [lambda f: f == "x", lambda f: f.in_(["x"]), lambda f: f.matches(Guest(), "x")])
def test_a_field_without_an_index_is_not_asked(ask):
    assert isinstance(Guest.name, FieldQuery)
    with pytest.raises(TypeError, match="field name"):
        ask(Guest.name)


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
    with pytest.raises(Erased):
        _ = gone.name
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
