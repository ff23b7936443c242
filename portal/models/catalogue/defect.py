"""The defects that people report, each with its trade, severity, priority and warranty class."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Model, db
from portal.models.catalogue.dated import Dated
from portal.models.errors import N_


class Priority(StrEnum):
    """What decides a repair's limits. Life or spreading damage; soon; in turn; needs finding out; needs ordering."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    NORMAL = "normal"
    COMPLEX = "complex"
    PARTS = "parts"


PRIORITY_WORDS: dict[str, str] = {
    Priority.EMERGENCY: N_("特急"),
    Priority.URGENT: N_("紧急"),
    Priority.NORMAL: N_("一般"),
    Priority.COMPLEX: N_("复杂"),
    Priority.PARTS: N_("需订货"),
}


class Severity(StrEnum):
    """How bad a defect is in itself, whatever its priority."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    COSMETIC = "cosmetic"


class Defect(Dated, Model):
    """A defect of an element. Its priority is all it says about time: the limits are ServiceLimit's."""

    __tablename__ = "catalogue_defect"

    category: Mapped[str] = mapped_column(String(16), index=True)
    element_zh: Mapped[str] = mapped_column(String(40))
    element_en: Mapped[str] = mapped_column(String(60))
    defect_zh: Mapped[str] = mapped_column(String(60))
    defect_en: Mapped[str] = mapped_column(String(80))
    trade_code: Mapped[str] = mapped_column(String(16))
    liable_zh: Mapped[str] = mapped_column(String(40))
    liable_en: Mapped[str] = mapped_column(String(60))
    severity: Mapped[str] = mapped_column(String(16))
    priority: Mapped[str] = mapped_column(String(16))
    warranty_class: Mapped[str] = mapped_column(String(24))
    self_help_zh: Mapped[str | None] = mapped_column(String(80))
    self_help_en: Mapped[str | None] = mapped_column(String(120))
    confidence: Mapped[str] = mapped_column(String(16))

    @classmethod
    def of_category(cls, category: str) -> Sequence[Defect]:
        """The defects of a category in force, in the catalogue's order."""
        found = select(cls).where(cls.category == category, cls.valid_to.is_(None))
        return db.session.scalars(found.order_by(cls.code)).all()

    @classmethod
    def emergencies(cls) -> Sequence[Defect]:
        """The defects that page the duty engineer at once, whatever their category."""
        found = select(cls).where(cls.priority == Priority.EMERGENCY, cls.valid_to.is_(None))
        return db.session.scalars(found.order_by(cls.code)).all()
