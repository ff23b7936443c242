"""The data subject: every person the portal knows, owners and staff alike."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, ClassVar
from uuid import UUID

import phonenumbers
from sqlalchemy import BigInteger, String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Identified, Model, db
from portal.models.errors import N_, Refused
from portal.models.fields import SealedGroup, SealedRow, index_column, sealed_column
from portal.vault import Subject, SubjectKind
from portal.vault.normalise import phone as normalise_phone

CHINESE_MOBILE = re.compile(r"\+861[1-9]")  # 10 is Beijing's area


class Person(SealedRow, Identified, Model):
    """A person; name, phone (E.164) and e-mail, identity and address are sealed under the person's own key.

    Every index has a second column, its name ended by ``_other``: a rotation of the index key fills it.
    ``contact_change`` is the number of the contact's last change (``numbering``); None for one older than the numbers.
    """

    __tablename__ = "person"
    event_noun = "person"

    locale: Mapped[str] = mapped_column(String(8), default="zh")
    contact_sealed: Mapped[bytes | None] = sealed_column()
    phone_index: Mapped[bytes | None] = index_column(unique=True)
    email_index: Mapped[int | None] = index_column()
    phone_index_other: Mapped[bytes | None] = index_column(unique=True)
    email_index_other: Mapped[int | None] = index_column()
    identity_sealed: Mapped[bytes | None] = sealed_column(deferred=True)
    id_number_index: Mapped[int | None] = index_column()
    id_number_index_other: Mapped[int | None] = index_column()
    address_sealed: Mapped[bytes | None] = sealed_column()
    contact_change: Mapped[int | None] = mapped_column(BigInteger, index=True)

    contact = SealedGroup("person.contact", "contact_sealed", ("name", "phone", "email"))
    name = contact.field("name")
    phone = contact.field("phone", index="phone_index", normaliser="phone")
    email = contact.field("email", index="email_index", normaliser="email")
    identity = SealedGroup("person.identity", "identity_sealed", ("id_number", "birth_date", "bank_account"))
    id_number = identity.field("id_number", index="id_number_index", normaliser="id_number")
    birth_date = identity.field("birth_date")
    bank_account = identity.field("bank_account")
    address_group = SealedGroup("person.address", "address_sealed", ("address",))
    address = address_group.field("address")

    development_id: ClassVar[UUID | None] = None

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.sealed_subject = Subject(SubjectKind.PERSON, self.id)

    @classmethod
    def of_ids(cls, ids: Collection[UUID]) -> dict[UUID, Person]:
        """The persons with these ids, in one query."""
        return {row.id: row for row in db.session.scalars(select(cls).where(cls.id.in_(ids)))} if ids else {}

    @classmethod
    def by_phone(cls, phone: str) -> Person | None:
        """The person with this phone in any usual spelling, through the blind index."""
        found = db.session.scalars(select(cls).where(cls.phone == phone))
        return next((person for person in found if cls.phone.matches(person, phone)), None)

    @classmethod
    def add(cls, name: str, phone: str, email: str = "", address: str = "") -> Person:
        """The person with this phone, made when there is none; an existing one is left as it is.

        Raises Refused for a number that cannot be one, or an empty name.
        """
        number = e164(phone)
        if number is None:
            raise Refused(N_("填写 11 位手机号，或带区号的号码"), "phone")
        if not name.strip():
            raise Refused(N_("填写姓名"), "name")
        person = cls.by_phone(number)
        if person is None:
            person = cls()
            person.name, person.phone = name.strip(), number
            person.email, person.address = email.strip() or None, address.strip() or None
            db.session.add(person)
            db.session.flush()
        return person


def e164(text: str) -> str | None:
    """The number as +8613800138000; None for what cannot be dialled.

    Possible is enough: the tables of valid ranges refuse real new ones. But those tables take a mobile number with a
    digit too few or too many for one of another kind.
    """
    normalised = normalise_phone(text)
    if normalised is None:
        return None
    number = normalised.decode()
    if CHINESE_MOBILE.match(number) and len(number) != len("+8613800138000"):
        return None
    try:
        possible = phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None
    return number if possible else None
