"""From when on old copies of the key store cannot open what was erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.vault import KeyRing, KeyStoreError
from portal.vault.epochs import EpochStore
from portal.vault.fading import EPOCH
from portal.vault.stores import epochs
from tests.vault.conftest import demo_settings

MADE = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def rolled(tmp_path) -> KeyRing:
    """A ring whose newest epoch is of the first of November."""
    with clock.at(MADE):
        made = KeyRing.create(demo_settings(tmp_path))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("after", "until"),
    [
        (timedelta(), 2 * EPOCH),
        (timedelta(days=29), 2 * EPOCH),
        (EPOCH, 2 * EPOCH),
        (timedelta(days=50), timedelta(days=80)),  # the roll is overdue: taken to come at once
    ],
)
def test_the_roll_after_the_next(rolled: KeyRing, after: timedelta, until: timedelta):
    assert rolled.copies_unreadable_from(MADE + after) == MADE + until


def test_never_more_than_sixty_days_even_with_a_clock_set_back(rolled: KeyRing):
    before = MADE - timedelta(days=10)
    assert rolled.copies_unreadable_from(before) == before + 2 * EPOCH


def test_an_epoch_store_without_epochs_is_one_clear_line(rolled: KeyRing):
    store: EpochStore = rolled._epochs
    with store.writing() as connection:
        connection.execute(epochs.delete())
    with pytest.raises(KeyStoreError, match="holds no epoch"):
        rolled.copies_unreadable_from(MADE)
