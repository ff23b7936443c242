"""The warranty in words, and the band as it is drawn from the model's arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.models.catalogue import WarrantyTerm
from portal.models.catalogue.loader import read_catalogue
from portal.models.property.warranty import NO_TERM, Status
from portal.models.property.warranty_band import CLASS_WORDS, band
from portal.web.warranty import BandView, band_view, cover
from tests.models.catalogue.conftest import SHIPPED

TODAY = date(2026, 11, 21)
HANDED_OVER = date(2025, 6, 28)
TERMS = [WarrantyTerm(code=code, version=1, **found) for code, found in read_catalogue(SHIPPED)[WarrantyTerm].items()]


@pytest.fixture(autouse=True)
def _in_a_request(shell: Flask) -> Iterator[None]:
    with shell.test_request_context("/home"):
        yield


def view(handed_over: date = HANDED_OVER, today: date = TODAY) -> BandView:
    return band_view(band(TERMS, handed_over, today), today)


def drawn(shell: Flask, shown: BandView) -> str:
    template = shell.jinja_env.get_template("components/band.html")
    return str(template.make_module({}).band(shown))  # type: ignore[attr-defined]


def test_the_drawn_home_of_the_design() -> None:
    assert [(row.label, row.words, row.tone) for row in view().rows] == [
        ("主体结构", "设计年限内", "go"),
        ("防水、保温", "至 2030年6月27日", "go"),
        ("电气、给排水、设备", "至 2027年6月27日", "go"),
        ("装修、门窗", "至 2027年6月27日", "go"),
        ("供暖（2 个采暖期）", "剩 114 天", "wait"),
        ("供冷（2 个供冷期）", "至 2027年9月15日", "go"),
        ("洁具", "已于 2026年6月到期", "plain"),
    ]


def test_what_ends_soonest_is_named() -> None:
    assert (view().next_label, view().next_until) == ("供暖（2 个采暖期）", date(2027, 3, 15))
    assert view(today=date(2025, 7, 1)).next_label == "管道疏通"
    assert (view(today=date(2028, 1, 1)).next_label, view(today=date(2028, 1, 1)).next_until) == ("", None)


def test_a_home_to_be_handed_over_promises_without_colour() -> None:
    rows = view(date(2027, 1, 1)).rows
    assert {row.tone for row in rows} == {"plain"}
    assert rows[1].words == "至 2031年12月31日"


def test_the_band_is_one_hundred_units_a_year(shell: Flask) -> None:
    text = drawn(shell, view())
    assert text.count('viewBox="0 0 700 12"') == 7
    assert '<li class="on">26</li>' in text
    assert '<path class="gone" d="M49 0H189v12H49z"/><path class="left" d="M189 0H549v12H189z"/>' in text
    assert '<path class="left" d="M189 0H692l8 6-8 6H189z"/>' in text
    assert '<path class="gone" d="M49 0H149v12H49z"/><path class="now" d="M189-26v38"/></svg>' in text
    assert text.count("v50") == 6


def test_an_old_home_names_fewer_years() -> None:
    years = view(date(1999, 6, 28)).years
    assert len(years) == 29
    assert [year.label for year in years if year.label][:3] == ["99", "02", "05"]
    assert sum(year.current for year in years) == 1


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(-800, 20000))
def test_every_row_says_when_it_ends(handed_over: date, age: int) -> None:
    today = date.fromordinal(handed_over.toordinal() + age)
    for row in view(handed_over, today).rows:
        assert row.label
        assert re.fullmatch(r"设计年限内|剩 \d+ 天|至 .+日|已于 \d+年\d+月到期", row.words)


@pytest.mark.parametrize("name", sorted(CLASS_WORDS))
def test_every_class_has_its_answer(name: str) -> None:
    assert cover(Status.COVERED, date(2030, 6, 27), name).reason.endswith("保修到 2030年6月27日")
    assert cover(Status.COVERED, None, name).reason.endswith("在设计年限内保修")
    assert cover(Status.EXPIRED, date(2026, 6, 27), name).tone == "wait"


def test_where_no_day_decides_the_rule_speaks() -> None:
    found = cover(Status.CHECK_ON_SITE, None, "other", NO_TERM)
    assert (found.tone, found.answer, found.reason) == ("plain", "上门查看后答复是否收费", NO_TERM)
    assert cover(Status.NOT_STARTED, None, "structure").answer == "保修还没有开始"
