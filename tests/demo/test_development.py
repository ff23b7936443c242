"""The invented place: 300 homes, drawn plans, warranties as mixed as they were meant."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from portal.clock import SHANGHAI
from tests.demo.stage import NOW, NOWS, SCENES

SPRITE = Path(__file__).parents[2] / "portal/static/icons.svg"


def test_there_are_exactly_300_homes_in_six_buildings():
    homes = SCENES.development.homes
    assert len(homes) == 300
    assert Counter(home.building for home in homes.values()) == {"1": 44, "2": 44, "3": 72, "4": 68, "5": 36, "6": 36}
    assert homes["3-2-1202"].type.area == Decimal("118.60")


def test_the_main_types_are_of_80_and_110_square_metres():
    areas = Counter(round(home.type.area, -1) for home in SCENES.development.homes.values())
    assert areas == {Decimal(80): 114, Decimal(110): 96, Decimal(120): 90}


def test_every_plan_is_drawn():
    sprite = SPRITE.read_text("utf-8")
    assert all(f'id="{kind.plan}"' in sprite for kind in SCENES.development.types.values())
    assert all(len(kind.spaces) >= 8 for kind in SCENES.development.types.values())


@pytest.mark.parametrize("now", NOWS)
def test_warranties_are_mixed_at_any_moment(now):
    homes, day = SCENES.development.moved_to(now).homes, now.astimezone(SHANGHAI).date()
    codes = ("LEAK-05", "WALL-03", "PLUMB-07")  # five years, two years, two months
    lapsed = {
        home.building: tuple(SCENES.defects[code].lapsed(home.handed_over_on, day) for code in codes)
        for home in homes.values()
    }
    assert lapsed["6"] == (False, False, False)
    assert lapsed["3"] == lapsed["5"] == (False, False, True)
    assert lapsed["2"] == lapsed["4"] == (False, True, True)
    assert lapsed["1"] == (True, True, True)


def test_dates_move_by_whole_weeks():
    moved = SCENES.development.moved_to(NOW + timedelta(days=20))
    for before, after in zip(SCENES.development.buildings, moved.buildings, strict=True):
        assert after.handed_over_on - before.handed_over_on == timedelta(days=14)
    assert SCENES.development.moved_to(NOW).buildings == SCENES.development.buildings
