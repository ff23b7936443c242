"""The categories of defects: their order on the screen, and where each can occur."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Model, db
from portal.models.catalogue.dated import Dated


class Place(StrEnum):
    """Where a category of defects can occur."""

    HOME = "home"
    COMMON = "common"
    BOTH = "both"


class Category(Dated, Model):
    """A category. ``season`` is heating or cooling where its warranty counts seasons of that kind, else None."""

    __tablename__ = "catalogue_category"

    position: Mapped[int]
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(8))
    season: Mapped[str | None] = mapped_column(String(8))

    @classmethod
    def ordered(cls, place: Place | None = None) -> Sequence[Category]:
        """The categories in force, in screen order; with ``place``, those that can occur there."""
        found = select(cls).where(cls.valid_to.is_(None)).order_by(cls.position, cls.code)
        if place is not None:
            found = found.where(cls.place.in_({place.value, Place.BOTH.value}))
        return db.session.scalars(found).all()
