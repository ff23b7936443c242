"""The smallest application in which sealed fields live, and a model that has every sort of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from portal import config
from portal.extensions import db, prepare_engine
from portal.models.base import Identified
from portal.models.fields import SealedGroup, SealedRow, index_column, sealed_column
from portal.vault import KeyRing, Subject, SubjectKind


class Base(DeclarativeBase):
    """Apart from the portal's models, so that its schema is not added to."""


class Guest(SealedRow, Identified, Base):
    """Two groups, an index of either form, and a plain column."""

    __tablename__ = "guest"

    locale: Mapped[str] = mapped_column(String(8), default="zh")
    contact_sealed: Mapped[bytes | None] = sealed_column()
    phone_index: Mapped[bytes | None] = index_column(unique=True)
    email_index: Mapped[int | None] = index_column()
    phone_index_other: Mapped[bytes | None] = index_column(unique=True)
    email_index_other: Mapped[int | None] = index_column()
    identity_sealed: Mapped[bytes | None] = sealed_column(deferred=True)

    contact = SealedGroup("guest.contact", "contact_sealed", ("name", "phone", "email"))
    name = contact.field("name")
    phone = contact.field("phone", index="phone_index", normaliser="phone")
    email = contact.field("email", index="email_index", normaliser="email")
    identity = SealedGroup("guest.identity", "identity_sealed", ("id_number",))
    id_number = identity.field("id_number")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        if self.sealed_subject is None:
            self.sealed_subject = Subject(SubjectKind.PERSON, self.id)


class Remark(Identified, SealedRow, Base):
    """A row that is sealed under somebody else's key, or nobody's while nothing is said."""

    __tablename__ = "remark"

    text_sealed: Mapped[bytes | None] = sealed_column()

    text_group = SealedGroup("remark.text", "text_sealed", ("text",))
    words = text_group.field("text")


@contextmanager
def fields_app(folder: Path, database_url: str | None = None) -> Iterator[Flask]:
    """The application with empty tables, inside its context; its keys lie in ``folder``."""
    settings = config.load({"PORTAL_INSTANCE": str(folder)})
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url or settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True}
    app.extensions["portal.keyring"] = ring = KeyRing.create(settings)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        Base.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()
    ring.close()
