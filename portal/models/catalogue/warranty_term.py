"""Warranty terms: what law, practice and contracts grant for each class of component."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Model, db
from portal.models.catalogue.dated import Dated

OTHER = "other"


class TermUnit(StrEnum):
    """What a term is counted in. A design life is words, not a date; a contract's term stands on a card or annex."""

    YEAR = "year"
    MONTH = "month"
    HEATING_SEASON = "heating_season"
    COOLING_SEASON = "cooling_season"
    EITHER_SEASON = "heating_or_cooling_season"
    DESIGN_LIFE = "design_life"
    CONTRACT = "contract"


COUNTED = frozenset(TermUnit) - {TermUnit.DESIGN_LIFE, TermUnit.CONTRACT}


class WarrantyTerm(Dated, Model):
    """A term: ``amount`` of ``unit`` from ``start_event``, for the components of ``classes``.

    ``owner_default`` marks the terms that a home's owner has where no contract says more: at most one for a class.
    The other rows are the law behind them, local practice and comparisons, kept for the staff's explanation.
    """

    __tablename__ = "catalogue_warranty_term"

    component_zh: Mapped[str] = mapped_column(String(60))
    component_en: Mapped[str] = mapped_column(String(120))
    classes: Mapped[list[str]] = mapped_column(JSON)
    relation: Mapped[str] = mapped_column(String(32))
    amount: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(32))
    start_event: Mapped[str] = mapped_column(String(32))
    responsible_zh: Mapped[str] = mapped_column(String(40))
    responsible_en: Mapped[str] = mapped_column(String(60))
    basis_zh: Mapped[str] = mapped_column(String(200))
    basis_en: Mapped[str] = mapped_column(String(240))
    level: Mapped[str] = mapped_column(String(16))
    owner_default: Mapped[bool]
    superseded_by: Mapped[str | None] = mapped_column(String(32))
    note: Mapped[str | None] = mapped_column(String(240))
    confidence: Mapped[str] = mapped_column(String(16))

    @classmethod
    def of_owners(cls) -> Sequence[WarrantyTerm]:
        """The terms in force that an owner has by default: what the verdict and the band are made from."""
        found = select(cls).where(cls.owner_default.is_(True), cls.valid_to.is_(None))
        return db.session.scalars(found.order_by(cls.code)).all()
