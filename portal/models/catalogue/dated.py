"""Catalogue rows are dated: a change closes a version and adds the next, so what an old ticket relied on stays true."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Self

from sqlalchemy import Index, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from portal.models.base import Identified, db
from portal.models.errors import NotReached

IN_FORCE = text("valid_to IS NULL")


class Dated(Identified):
    """One version of a catalogue entry, in force from ``valid_from`` up to, not including, ``valid_to`` (None: still).

    A row elsewhere that relies on an entry keeps its code and version. ``shipped`` rows come from the files of the
    release and follow them; a row that was made in the installation is False, and loading the files leaves it alone.
    """

    code: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(80))
    shipped: Mapped[bool] = mapped_column(default=True)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (
            UniqueConstraint("code", "version"),
            Index(None, "code", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
        )

    @classmethod
    def current(cls, code: str) -> Self:
        """The version in force; raises NotReached for an unknown or withdrawn code."""
        return cls._one(cls.code == code, cls.valid_to.is_(None))

    @classmethod
    def at(cls, code: str, version: int) -> Self:
        """This very version, in force or not; raises NotReached when there never was one."""
        return cls._one(cls.code == code, cls.version == version)

    @classmethod
    def in_force(cls, on: date | None = None) -> Sequence[Self]:
        """Every entry as it stands now, or as it stood on a day, by code."""
        if on is None:
            found = select(cls).where(cls.valid_to.is_(None))
        else:
            found = select(cls).where(cls.valid_from <= on, (cls.valid_to.is_(None)) | (cls.valid_to > on))
        return db.session.scalars(found.order_by(cls.code)).all()

    @classmethod
    def _one(cls, *conditions: Any) -> Self:
        row = db.session.scalar(select(cls).where(*conditions))
        if row is None:
            raise NotReached
        return row
