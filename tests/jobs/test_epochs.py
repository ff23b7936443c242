"""The epoch is rolled by itself when it is thirty days old, or when a roll was begun and not ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.jobs import JOBS
from portal.jobs.schedule import EVERY
from portal.vault import ring


@pytest.mark.parametrize(("days", "epoch"), [(0, 1), (29, 1), (30, 2), (400, 2)])
def test_it_is_rolled_when_it_is_old(app, days, epoch):
    assert EVERY["vault.roll_epoch"] == timedelta(days=1)
    made = ring_of(app)._epochs.all()[0].made_at
    with (
        app.app_context(),
        clock.at(clock.now().fromtimestamp(made, clock.now().tzinfo) + timedelta(days=days, hours=1)),
    ):
        JOBS["vault.roll_epoch"]()
        assert ring()._epochs.newest() == epoch
        JOBS["vault.roll_epoch"]()
        assert ring()._epochs.newest() == epoch


def test_one_that_was_begun_is_ended(app):
    with app.app_context():
        with pytest.raises(ZeroDivisionError), ring().works.alone("roll-epoch"):
            raise ZeroDivisionError
        JOBS["vault.roll_epoch"]()
        assert ring()._epochs.newest() == 2
        assert not ring().roll_is_overdue()


def ring_of(app):
    return app.extensions["portal.keyring"]
