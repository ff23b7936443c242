"""What can be asked of a sealed field, and that everything else is refused."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models.fields import FieldQuery
from tests.models.fields.guests import WORDS, raw, write_raw
from tests.models.fields_app import Guest


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
