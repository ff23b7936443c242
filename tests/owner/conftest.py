"""What the tests of the owner's pages share."""

from __future__ import annotations

import pytest

from portal.models.base import db


@pytest.fixture
def at(cast):
    """Bring a ticket to a state, commit, and give its number."""

    def number(state: str, **report) -> str:
        with cast.at_work():
            found = cast.ticket(state, **report).number
            db.session.commit()
            return found

    return number


@pytest.fixture
def do(cast):
    """One more step by its usual person, committed."""

    def step(number: str, verb: str) -> None:
        with cast.at_work():
            from portal.models.repairs import Ticket

            cast.do(Ticket.reached_by(cast.actor("manager"), number), verb)
            db.session.commit()

    return step
