from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.drawings import Band, Term, lit_window, warranty_band

TODAY = date(2026, 11, 21)
HANDED_OVER = date(2025, 6, 28)
SPRITE = (Path(__file__).parents[2] / "portal/static/icons.svg").read_text("utf-8")


def drawn(*ends: date, today: date = TODAY, begins: date = HANDED_OVER) -> Band:
    return warranty_band([Term("防水", "至某日", "go", begins, end) for end in ends], today)


def test_the_drawn_home_of_the_design() -> None:
    band = drawn(date(2075, 6, 27), date(2030, 6, 27), date(2026, 6, 27))
    assert band.width == 700
    assert [year.label for year in band.years] == ["25", "26", "27", "28", "29", "30", "31"]
    assert [year.label for year in band.years if year.current] == ["26"]
    structure, damp, panel = band.rows
    assert structure.left == "M189 0H692l8 6-8 6H189z"
    assert (damp.gone, damp.left, damp.now) == ("M49 0h140v12H49z", "M189 0h360v12H189z", "M189-26v50")
    assert (panel.gone, panel.left, panel.now) == ("M49 0h100v12H49z", "", "M189-26v38")


def test_a_term_that_begins_later_has_used_nothing() -> None:
    (row,) = drawn(date(2028, 6, 27), begins=date(2027, 1, 1)).rows
    assert row.gone == "M0 0h0v12H0z"
    assert row.left.startswith("M0 0h1")


def test_the_last_day_still_counts() -> None:
    (row,) = drawn(TODAY).rows
    assert row.left == ""  # less than half a unit: two days of a year
    assert drawn(date(2026, 11, 24)).rows[0].left == "M189 0h1v12H189z"


def test_an_old_home_names_fewer_years() -> None:
    band = drawn(date(2004, 6, 27), begins=date(1999, 6, 28))
    assert len(band.years) == 29
    assert [year.label for year in band.years if year.label][:3] == ["99", "02", "05"]
    assert sum(year.current for year in band.years) == 1


def test_no_terms_is_an_empty_axis() -> None:
    assert warranty_band([], TODAY).rows == ()


@given(
    st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    st.integers(0, 40000),
    st.dates(date(1990, 1, 1), date(2060, 1, 1)),
)
def test_nothing_is_drawn_outside_the_axis(begins: date, days: int, today: date) -> None:
    band = warranty_band([Term("x", "y", "go", begins, date.fromordinal(begins.toordinal() + days))], today)
    row = band.rows[0]
    for path in filter(None, (row.gone, row.left)):
        start = int(re.match(r"M(\d+) ", path).group(1))  # type: ignore[union-attr]
        assert 0 <= start <= band.width
        for step in re.findall(r"h(\d+)", path):
            assert start + int(step) <= band.width


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
