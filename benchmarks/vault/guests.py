"""The tables that are compared: the same person plain, sealed, and in SQLAlchemy-Utils' encrypted columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, LargeBinary, String, Unicode
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy_utils import StringEncryptedType
from sqlalchemy_utils.types.encrypted.encrypted_type import AesGcmEngine, FernetEngine

from portal.models.base import Identified, Model
from portal.models.fields import SealedGroup, SealedRow, index_column, sealed_column
from portal.vault import Subject, SubjectKind

_KEY = "a key of the benchmark alone"


class PlainGuest(Identified, Model):
    """The reference. It has the subject's columns too, so that both queries have the same shape."""

    __tablename__ = "bench_plain_guest"

    name: Mapped[str | None] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    email: Mapped[str | None] = mapped_column(String(120), index=True)
    address: Mapped[str | None] = mapped_column(String(200), deferred=True)
    subject_kind: Mapped[int] = mapped_column(BigInteger, default=1)
    subject_id: Mapped[bytes | None] = mapped_column(LargeBinary(16))


class SealedGuest(SealedRow, Identified, Model):
    """Ours, declared as a person is."""

    __tablename__ = "bench_sealed_guest"

    contact_sealed: Mapped[bytes | None] = sealed_column()
    phone_index: Mapped[bytes | None] = index_column(unique=True)
    phone_index_other: Mapped[bytes | None] = index_column(unique=True)
    email_index: Mapped[int | None] = index_column()
    email_index_other: Mapped[int | None] = index_column()
    address_sealed: Mapped[bytes | None] = sealed_column(deferred=True)

    contact = SealedGroup("bench.contact", "contact_sealed", ("name", "phone", "email"))
    name = contact.field("name")
    phone = contact.field("phone", index="phone_index", normaliser="phone")
    email = contact.field("email", index="email_index", normaliser="email")
    address_group = SealedGroup("bench.address", "address_sealed", ("address",))
    address = address_group.field("address")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.sealed_subject = Subject(SubjectKind.PERSON, self.id)


class GcmGuest(Identified, Model):
    """StringEncryptedType with AES-GCM."""

    __tablename__ = "bench_gcm_guest"

    name: Mapped[str | None] = mapped_column(StringEncryptedType(Unicode, _KEY, AesGcmEngine))
    phone: Mapped[str | None] = mapped_column(StringEncryptedType(Unicode, _KEY, AesGcmEngine))
    email: Mapped[str | None] = mapped_column(StringEncryptedType(Unicode, _KEY, AesGcmEngine))
    address: Mapped[str | None] = mapped_column(StringEncryptedType(Unicode, _KEY, AesGcmEngine), deferred=True)


class FernetGuest(Identified, Model):
    """StringEncryptedType with Fernet."""

    __tablename__ = "bench_fernet_guest"

    name: Mapped[str | None] = mapped_column(StringEncryptedType(Unicode, _KEY, FernetEngine))
    phone: Mapped[str | None] = mapped_column(StringEncryptedType(Unicode, _KEY, FernetEngine))
    email: Mapped[str | None] = mapped_column(StringEncryptedType(Unicode, _KEY, FernetEngine))
    address: Mapped[str | None] = mapped_column(StringEncryptedType(Unicode, _KEY, FernetEngine), deferred=True)


# A guest of any table: they have the same attributes, of different kinds.
Guest = type[Any]
MODELS: tuple[Guest, ...] = (PlainGuest, SealedGuest, GcmGuest, FernetGuest)


def values_of(number: int) -> dict[str, str]:
    """What the guest with this number is called, alike in every table."""
    return {
        "name": "林王李陈张"[number % 5] + "晓雯子轩建国"[number % 6] + "明华"[number % 2],
        "phone": f"+861{3_000_000_000 + number}",
        "email": f"guest{number}@mail.invalid",
        "address": f"云栖里 {number % 30 + 1} 幢 {number % 4 + 1} 单元 {number % 20 + 1:02d}02 室",
    }


def filled(model: Guest, numbers: range) -> list[Any]:
    """Guests of these numbers, not yet in the session."""
    rows = []
    for number in numbers:
        row = model()
        for name, value in values_of(number).items():
            setattr(row, name, value)
        rows.append(row)
    return rows
