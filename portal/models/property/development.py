"""A development and its parts, down to the entrance. Labels are text: 3, 3A, 十二."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Id, Identified, Model, db
from portal.models.errors import N_


class CommonPart(StrEnum):
    """Parts of a development that belong to no home."""

    LOBBY = "lobby"
    LIFT = "lift"
    FACADE = "facade"
    GROUNDS = "grounds"


COMMON_PART_WORDS: dict[str, str] = {
    CommonPart.LOBBY: N_("大堂、楼道"),
    CommonPart.LIFT: N_("电梯"),
    CommonPart.FACADE: N_("外立面、屋面"),
    CommonPart.GROUNDS: N_("园区、车库"),
}


class Development(Identified, Model):
    """One development (phase). ``hotline`` is the number that people call in an emergency."""

    __tablename__ = "development"
    event_noun = "development"

    code: Mapped[str] = mapped_column(String(32), unique=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    hotline: Mapped[str] = mapped_column(String(32))
    completed_on: Mapped[date | None]

    @property
    def development_id(self) -> UUID:
        """Its own id, so that events about a development name it like events about its parts."""
        return self.id

    @classmethod
    def of_code(cls, code: str) -> Development | None:
        """The development with this short code."""
        return db.session.scalar(select(cls).where(cls.code == code))


class Building(Identified, Model):
    """A building, 楼/幢."""

    __tablename__ = "building"
    __table_args__ = (UniqueConstraint("development_id", "label"),)

    development_id: Mapped[UUID] = mapped_column(Id, ForeignKey("development.id"))
    label: Mapped[str] = mapped_column(String(16))
    floors: Mapped[int] = mapped_column(default=0)

    development: Mapped[Development] = relationship(Development, lazy="joined")


class Entrance(Identified, Model):
    """An entrance of a building, 单元: stairs and lifts that homes share. Not a flat."""

    __tablename__ = "entrance"
    __table_args__ = (UniqueConstraint("building_id", "label"),)

    development_id: Mapped[UUID] = mapped_column(Id, ForeignKey("development.id"))
    building_id: Mapped[UUID] = mapped_column(Id, ForeignKey("building.id"))
    label: Mapped[str] = mapped_column(String(16))

    building: Mapped[Building] = relationship(Building, lazy="joined")
