from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.web.drawings import lit_window

SPRITE = (Path(__file__).parents[2] / "portal/static/icons.svg").read_text("utf-8")


@pytest.mark.parametrize(("floor", "column"), [(1, 1), (12, 4), ("14", 5), ("7", 3)])
def test_the_lit_window_is_one_of_the_drawn_windows(floor: int | str, column: int) -> None:
    assert lit_window(floor, column) in {f"{path}z" for path in re.findall(r"M\d+ \d+h8v5h-8", SPRITE)}


def test_the_window_of_the_design() -> None:
    assert lit_window("12", 4) == "M91 33h8v5h-8z"


def test_a_tall_building_is_drawn_to_scale() -> None:
    assert lit_window(33, 3, floors=33) == lit_window(14, 3)
    assert lit_window(1, 3, floors=33) == lit_window(1, 3)
    assert lit_window(17, 3, floors=33) == lit_window(8, 3)


@pytest.mark.parametrize("floor", ["B1", "-1", "0", "夹层", ""])
def test_no_window_where_the_floor_has_none(floor: str) -> None:
    assert lit_window(floor) == ""
