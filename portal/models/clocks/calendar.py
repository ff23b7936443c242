"""The working calendar as the catalogue has it now."""

from __future__ import annotations

from portal.clock import WorkingDays
from portal.models.catalogue import CalendarDay


def working_days() -> WorkingDays:
    """The calendar of the days in force: fetch it once for all the due dates of one action."""
    return WorkingDays(CalendarDay.in_force())
