"""A stream does not outlive the role it was let in by."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.web.stream import LONGEST_SECONDS, lasts

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("left", "seconds"),
    [(None, LONGEST_SECONDS), (90 * SECOND, 90.0), (timedelta(days=1), LONGEST_SECONDS), (-SECOND, 0.0)],
)
def test_ten_minutes_at_most_and_never_beyond_the_role(left: timedelta | None, seconds: float):
    now = clock.now()
    with clock.at(now):
        assert lasts(now + left if left is not None else None) == seconds
