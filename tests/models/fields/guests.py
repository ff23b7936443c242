"""The guest of these tests, and looking at the row as it lies in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from portal.extensions import db
from portal.models.fields.row import OPENED
from portal.vault import Subject
from tests.models.fields_app import Guest

WORDS = {"name": "林晓雯", "phone": "+8613800138000", "email": "Lin@Example.com"}
GUESTS: Any = Guest.__table__
CANARIES = ("林晓雯", "13800138000", "Lin@Example")


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
