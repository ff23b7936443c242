"""The only place that reads the time, and the pure arithmetic of working days and deadlines.

Everything stored is UTC and aware; everything shown is Asia/Shanghai. The arithmetic is handed the rows it needs:
this package imports nothing of the project.
"""

from portal.clock.deadlines import Due, Limit, Line, Step, Unit, due, working_minutes
from portal.clock.present import SHANGHAI, at, now, today
from portal.clock.working import OFFICE_HOURS, DayKind, ListedDay, Span, WorkingDays

__all__ = [
    "OFFICE_HOURS",
    "SHANGHAI",
    "DayKind",
    "Due",
    "Limit",
    "Line",
    "ListedDay",
    "Span",
    "Step",
    "Unit",
    "WorkingDays",
    "at",
    "due",
    "now",
    "today",
    "working_minutes",
]
