"""The register of personal fields is true: nothing personal without an entry, no entry without its field."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import Boolean, ForeignKey, LargeBinary, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

import portal  # noqa: F401 - loads every model
from portal.models.accounts.permissions import ROLE_WORDS
from portal.models.base import Id
from portal.models.fields import SealedGroup, sealed_column
from portal.models.privacy.complaints import complaints
from portal.models.privacy.entry import BASIS_WORDS, SELF, SHOWN_WORDS, WHOSE_WORDS, Basis, Entry
from portal.models.privacy.inventory import inventory
from portal.models.privacy.no_persons import NO_PERSONS
from portal.models.privacy.outside import OUTSIDE
from portal.models.privacy.register import ENTRIES, REGISTER
from tools.words import has_chinese


def test_every_personal_field_is_in_the_register_and_nothing_else():
    assert complaints() == [], "\n" + "\n".join(complaints())


def test_the_inventory_is_what_the_models_declare():
    found = {place.name: place for place in inventory()}
    assert len(found) == len(inventory())
    phone, photo, password = found["person.contact.phone"], found["attachment.file_id"], found["account.password_hash"]
    assert (phone.how, phone.column, phone.index) == ("group", "person.contact_sealed", "phone")
    assert (photo.how, photo.sealed) == ("file", True)
    assert (password.how, password.sealed) == ("plain", False)
    assert not {name for name in found if name.startswith("outside.")}
    assert [place.name for place in inventory()][:2] == ["person.contact.name", "person.contact.phone"]


def test_what_is_sensitive_rests_on_separate_consent():
    """PIPL Articles 28 and 29."""
    sensitive = {name for entry in REGISTER if entry.sensitive for name in entry.names}
    assert {name for name in ENTRIES if name.startswith("person.identity.")} == sensitive
    assert {entry.basis for entry in REGISTER if entry.sensitive} == {Basis.SEPARATE_CONSENT}


def test_every_entry_says_everything_in_words():
    for entry in (*REGISTER, *OUTSIDE):
        assert has_chinese(entry.words), entry.names
        assert has_chinese(entry.purpose), entry.names
        assert {*entry.seen_by} <= {SELF, *ROLE_WORDS}, entry.names
        assert entry.basis in BASIS_WORDS
        assert entry.whose in WHOSE_WORDS
        assert entry.shown in SHOWN_WORDS
    assert all(NO_PERSONS.values())


class Stray(DeclarativeBase):
    """Tables that nobody registered."""

    metadata = MetaData()


class Person(Stray):
    """What others point at."""

    __tablename__ = "person"
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)


class Visitor(Stray):
    """Somebody's new table, with everything wrong."""

    __tablename__ = "visitor"
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    met_by: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    home_phone: Mapped[str] = mapped_column(String(20))
    remark: Mapped[str] = mapped_column(String(20))
    story: Mapped[str] = mapped_column(Text)
    last_ip: Mapped[str] = mapped_column(String(39))
    trip: Mapped[str] = mapped_column(String(16))
    came: Mapped[bool] = mapped_column(Boolean)
    badge_sealed: Mapped[bytes | None] = sealed_column()
    lost_sealed: Mapped[bytes | None] = sealed_column()
    photo_id: Mapped[UUID] = mapped_column(Id, ForeignKey("sealed_file.id"))

    badge_group = SealedGroup("visitor.badge", "badge_sealed", ("number",))


class SealedFile(Stray):
    """Files."""

    __tablename__ = "sealed_file"
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)


class Room(Stray):
    """Without persons, or so it says."""

    __tablename__ = "room"
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    drawing: Mapped[bytes] = mapped_column(LargeBinary)
    contact_phone: Mapped[str] = mapped_column(String(20))


def _complaints(entries: dict[str, Entry] | None = None) -> list[str]:
    free = {"room": "rooms", "person": "x", "sealed_file": "x"}
    return complaints(list(Stray.registry.mappers), entries or {}, free)


@pytest.mark.parametrize(
    "said",
    [
        "visitor.met_by looks personal (it points at person)",
        "visitor.home_phone looks personal (its name says phone)",
        "visitor.remark looks personal (its name says remark)",
        "visitor.story looks personal (it could hold somebody's words)",
        "visitor.last_ip looks personal (its name says ip)",
        "visitor.badge.number is sealed and stands in no register: add an Entry",
        "visitor.photo_id is sealed and stands in no register: add an Entry",
        "visitor.lost_sealed is a sealed column that no SealedGroup",
    ],
)
def test_what_is_not_registered_is_told_with_what_to_do(said):
    assert [line for line in _complaints() if line.startswith(said)]


def test_what_does_not_look_personal_is_left_alone():
    text = "\n".join(_complaints())
    assert not any(name in text for name in ("visitor.trip", "visitor.came", "room.name", "room.drawing", "visitor.id"))


def test_a_telephone_is_personal_even_in_a_table_without_persons():
    assert [line for line in _complaints() if line.startswith("room.contact_phone looks personal")]
    assert not [line for line in _complaints() if "room.name" in line]


def test_a_table_that_nobody_has_looked_at_is_told():
    lines = complaints(list(Stray.registry.mappers), {}, {})
    assert [line for line in lines if line.startswith("nobody has said whether the table person is about persons")]


def test_an_entry_whose_field_is_gone_is_told():
    entry = Entry(("visitor.gone",), "姓名", "称呼", Basis.CONTRACT, ("contact",), plain="短")
    assert [line for line in _complaints({"visitor.gone": entry}) if "in the register and not in the code" in line]


@pytest.mark.parametrize(
    ("name", "plain", "retention", "said"),
    [
        ("visitor.badge.number", "短", ("contact",), "is sealed, so its entry gives no reason"),
        ("visitor.remark", "", ("contact",), "is not sealed, so its entry says why"),
        ("visitor.remark", "短", ("for_ever",), "names the retention class for_ever"),
        ("visitor.remark", "短", (), "names no retention class"),
    ],
)
def test_an_entry_that_contradicts_the_code_is_told(name, plain, retention, said):
    entry = Entry((name,), "姓名", "称呼", Basis.CONTRACT, retention, plain=plain)
    assert [line for line in _complaints({name: entry}) if said in line]
