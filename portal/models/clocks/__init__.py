"""Clocks: which limit holds, and on which days it runs."""

from portal.models.clocks.calendar import working_days
from portal.models.clocks.limits import NoLimitError, limit_for, limits_for

__all__ = ["NoLimitError", "limit_for", "limits_for", "working_days"]
