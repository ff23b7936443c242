"""Due dates on the calendar that is loaded."""

from datetime import datetime

import pytest

from portal.clock import SHANGHAI, due
from portal.models.catalogue import CalendarDay
from portal.models.clocks import limit_for, working_days


def reported(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "priority", "metric", "end", "provisional"),
    [
        ("2026-11-21T14:00", "emergency", "on_site", "2026-11-21T14:30", False),
        ("2026-11-21T14:00", "urgent", "complete", "2026-11-23T14:00", False),
        ("2026-11-20T14:00", "normal", "on_site", "2026-11-25T14:00", False),
        ("2026-12-25T16:00", "normal", "complete", "2027-01-06T16:00", True),
        ("2026-12-24T16:00", "normal", "on_site", "2026-12-29T16:00", False),
    ],
)
def test_due_by_the_catalogue(loaded, start, priority, metric, end, provisional):
    found = due(reported(start), limit_for(priority, metric).limit, working_days())
    assert (found.at, found.provisional) == (reported(end), provisional)


def test_a_withdrawn_day_no_longer_counts(loaded):
    friday, limit = reported("2026-12-31T10:00"), limit_for("normal", "on_site").limit
    before = due(friday, limit, working_days()).at
    day = CalendarDay.current("2027-01-01")
    day.valid_to = day.valid_from
    assert due(friday, limit, working_days()).at < before
