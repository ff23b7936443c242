"""Service limits: how long each step may take, and whose promise that is."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import Limit, Unit
from portal.models.base import Id, Model
from portal.models.catalogue.dated import Dated


class Metric(StrEnum):
    """Which step a limit is for. ON_SITE is the visit, COMPLETE the repair; from ACKNOWLEDGE on, other desks."""

    FIRST_RESPONSE = "first_response"
    ON_SITE = "on_site"
    CONTAIN = "contain"
    PLAN = "plan"
    COMPLETE = "complete"
    ACKNOWLEDGE = "acknowledge"
    ANSWER = "answer"
    CALLBACK = "callback"
    DISPATCH = "dispatch"
    FIRST_REPLY = "first_reply"
    FOLLOW_UP = "follow_up"
    NOTICE = "notice"
    RECURRENCE_WINDOW = "recurrence_window"


# (unit, clock) as the catalogue writes them → what the arithmetic counts, and how many of it one unit is.
MEASURES: dict[tuple[str, str], tuple[Unit, int]] = {
    ("min", "calendar"): (Unit.MINUTE, 1),
    ("h", "calendar"): (Unit.MINUTE, 60),
    ("calendar_day", "calendar"): (Unit.MINUTE, 24 * 60),
    ("min", "working"): (Unit.WORKING_MINUTE, 1),
    ("h", "working"): (Unit.WORKING_MINUTE, 60),
    ("working_day", "working"): (Unit.WORKING_DAY, 1),
}


class ServiceLimit(Dated, Model):
    """A limit: ``amount`` of ``unit`` on a calendar or working ``clock``, as people say it (48 h, 3 working days).

    ``priority`` is a Priority, ``any`` for all of them, or the desk it is for (complaint, enquiry, lead ...).
    ``adopted`` rows are the rules: one for each development (None: everywhere) × priority × metric. The others are
    promises published elsewhere, kept for comparison; theirs may have no amount. ``development_id`` names a
    development without a foreign key: developments live on a floor above the catalogue.
    """

    __tablename__ = "catalogue_service_limit"

    development_id: Mapped[UUID | None] = mapped_column(Id, index=True)
    scope_zh: Mapped[str] = mapped_column(String(60))
    scope_en: Mapped[str] = mapped_column(String(120))
    priority: Mapped[str] = mapped_column(String(16))
    metric: Mapped[str] = mapped_column(String(24))
    amount: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(16))
    clock: Mapped[str] = mapped_column(String(16))
    provider: Mapped[str] = mapped_column(String(80))
    adopted: Mapped[bool]
    note: Mapped[str | None] = mapped_column(String(240))
    confidence: Mapped[str] = mapped_column(String(16))

    @property
    def limit(self) -> Limit:
        """The same for the arithmetic, in whole minutes or working days. Raises ValueError when it counts nothing."""
        measure = MEASURES.get((self.unit, self.clock))
        if measure is None or self.amount is None:
            raise ValueError(f"{self.code} says no amount of time")
        counted, each = measure
        return Limit(self.amount * each, counted)
