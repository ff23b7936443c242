"""What a report is chosen from: every category and trade of the catalogue has its drawing and its word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from portal.models.catalogue import Category, Defect, ServiceLimit
from portal.models.catalogue.loader import read_catalogue
from portal.web.choices import ICONS, half_day, half_days
from portal.web.i18n import listed
from portal.web.promises import limit_words
from portal.web.trades import TRADE_WORDS, trade_words
from tests.models.catalogue.conftest import SHIPPED

SPRITE = (Path(__file__).parents[2] / "portal/static/icons.svg").read_text("utf-8")
CATALOGUE = read_catalogue(SHIPPED)


def test_every_category_has_a_drawing_of_its_own() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
    assert set(ICONS.values()) <= drawn
    assert set(CATALOGUE[Category]) - {"OTHER"} == set(ICONS)
    assert len(set(ICONS.values())) == len(ICONS)


def test_every_trade_has_its_word(shell: Flask) -> None:
    assert {found["trade_code"] for found in CATALOGUE[Defect].values()} <= TRADE_WORDS.keys()
    with shell.test_request_context():
        assert (trade_words("wp"), trade_words(None), trade_words("unheard")) == ("防水", "", "")


def test_every_limit_in_force_can_be_said(shell: Flask) -> None:
    adopted = [ServiceLimit(**found) for found in CATALOGUE[ServiceLimit].values() if found["adopted"]]
    with shell.test_request_context():
        assert all(re.fullmatch(r"\d+ \w+", limit_words(limit)) for limit in adopted)


@pytest.mark.parametrize(
    ("amount", "unit", "clock", "words"),
    [(30, "min", "calendar", "30 分钟"), (2, "h", "calendar", "2 小时"), (3, "working_day", "working", "3 个工作日")],
)
def test_a_limit_is_said_as_people_say_it(shell: Flask, amount: int, unit: str, clock: str, words: str) -> None:
    with shell.test_request_context():
        assert limit_words(ServiceLimit(amount=amount, unit=unit, clock=clock)) == words


def test_half_days_begin_tomorrow(shell: Flask) -> None:
    with shell.test_request_context():
        found = half_days()
        assert found[0] == ("2026-11-22/am", "11月22日 周日 上午")
        assert [code for code, _ in found][-1] == "2026-11-25/pm"
        assert half_day("2026-12-01/pm") == "12月1日 周二 下午"


def test_words_inside_a_line(shell: Flask) -> None:
    with shell.test_request_context():
        assert listed(["水电", "门窗"]) == "水电、门窗"
        assert listed([]) == ""
    with shell.test_request_context(headers={"Accept-Language": "en"}):
        assert half_day("2026-11-24/am") == "Tue 24 Nov, morning"
        assert listed(["Electrics", "Plumbing", "AC"]) == "Electrics, plumbing, AC"
