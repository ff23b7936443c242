"""Days on which the weekend rule does not decide: holidays and the weekends worked for them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Model
from portal.models.catalogue.dated import Dated


class CalendarDay(Dated, Model):
    """A listed day; ``kind`` is a ``portal.clock.DayKind``, the code is the day as 2026-02-14.

    ``published`` rows come from the State Council's notice for their year and make the year a covered one. The
    others are the statutory holidays of a year whose notice is still to come: a due date that rests on such a year
    is provisional.
    """

    __tablename__ = "catalogue_calendar_day"

    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(8))
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    published: Mapped[bool]
