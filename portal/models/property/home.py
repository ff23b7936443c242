"""A home, its house type and the spaces of that type."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Id, Identified, Model, db
from portal.models.property.development import Building, Development, Entrance

# What stands between labels or behind one, never in one: 3-2-1202, 3栋2单元1202室.
SEPARATORS = re.compile(r"[\s\-–—/#栋幢号楼座单元室房]+")


class HouseType(Identified, Model):
    """A floor plan. ``plan`` names the drawing in the icon sprite, or None where there is none yet."""

    __tablename__ = "house_type"
    __table_args__ = (UniqueConstraint("development_id", "code"),)

    development_id: Mapped[UUID] = mapped_column(Id, ForeignKey("development.id"))
    code: Mapped[str] = mapped_column(String(16))
    layout_zh: Mapped[str] = mapped_column(String(40))
    layout_en: Mapped[str] = mapped_column(String(60))
    plan: Mapped[str | None] = mapped_column(String(40))

    spaces: Mapped[list[Space]] = relationship(lazy="selectin", order_by="Space.position")

    def add_standard_spaces(self) -> None:
        """Give a type without a drawn plan the usual rooms; they stand in a list, not on a grid."""
        self.spaces = [
            Space(code=code, name_zh=zh, name_en=en, position=number, x=1, y=1, w=1, h=1)
            for number, (code, zh, en) in enumerate(STANDARD_SPACES)
        ]


class Space(Identified, Model):
    """A room of a house type; x, y, w, h are cells of the plan's 8 × 6 grid, from 1."""

    __tablename__ = "space"
    __table_args__ = (UniqueConstraint("house_type_id", "code"),)

    house_type_id: Mapped[UUID] = mapped_column(Id, ForeignKey("house_type.id"))
    code: Mapped[str] = mapped_column(String(32))
    name_zh: Mapped[str] = mapped_column(String(24))
    name_en: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    x: Mapped[int]
    y: Mapped[int]
    w: Mapped[int]
    h: Mapped[int]


# The rooms of a house type whose plan nobody has drawn yet: code, Chinese, English.
STANDARD_SPACES = (
    ("living", "客厅", "Living room"),
    ("dining", "餐厅", "Dining room"),
    ("kitchen", "厨房", "Kitchen"),
    ("bath", "卫生间", "Bathroom"),
    ("master_bedroom", "主卧", "Main bedroom"),
    ("bedroom", "次卧", "Second bedroom"),
    ("balcony", "阳台", "Balcony"),
    ("hall", "过道、玄关", "Hall"),
)


class Home(Identified, Model):
    """A flat. ``handed_over_on`` starts the owner's warranty; ``area`` is in square metres."""

    __tablename__ = "home"
    __table_args__ = (UniqueConstraint("entrance_id", "number"),)
    event_noun = "home"

    development_id: Mapped[UUID] = mapped_column(Id, ForeignKey("development.id"), index=True)
    entrance_id: Mapped[UUID] = mapped_column(Id, ForeignKey("entrance.id"))
    house_type_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("house_type.id"))
    number: Mapped[str] = mapped_column(String(16))
    floor: Mapped[str] = mapped_column(String(8))
    area: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    handed_over_on: Mapped[date | None]

    development: Mapped[Development] = relationship(Development, lazy="joined")
    entrance: Mapped[Entrance] = relationship(Entrance, lazy="joined")
    house_type: Mapped[HouseType | None] = relationship(HouseType, lazy="joined")

    @classmethod
    def of_code(cls, development_id: UUID, code: str) -> Home | None:
        """The home with this short form in a development, as people type it: 3-2-1202, 3 2 1202, 3栋2单元1202室.

        Without the entrance, 3-1202, it is the building's only home of that number: none rather than one of several.
        """
        parts = labels(code)
        if len(parts) not in (2, 3):
            return None
        found = (
            select(cls)
            .join(Entrance)
            .join(Building)
            .where(cls.development_id == development_id, Building.label == parts[0], cls.number == parts[-1])
        )
        if len(parts) == 3:
            return db.session.scalar(found.where(Entrance.label == parts[1]))
        homes = db.session.scalars(found).all()
        homes = [home for home in homes if not home.entrance.label] or homes
        return homes[0] if len(homes) == 1 else None

    @property
    def code(self) -> str:
        """The staff's short form, building-entrance-number: 3-2-1202; 3-1202 where there are no entrances."""
        return "-".join(filter(None, (self.entrance.building.label, self.entrance.label, self.number)))

    @property
    def spaces(self) -> list[Space]:
        """The rooms of its house type; none where the type is unknown."""
        return self.house_type.spaces if self.house_type else []


def labels(text: str) -> list[str]:
    """The labels in what people write: without the words for building, entrance and flat, full-width forms or case."""
    return [part for part in SEPARATORS.split(unicodedata.normalize("NFKC", text).upper()) if part]
