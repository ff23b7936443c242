"""The shipped calendar against an independent one, day by day."""

import re
import subprocess
import sys
from datetime import date, timedelta

import chinese_calendar
import pytest

from portal.clock import WorkingDays
from portal.models.catalogue.calendar_day import CalendarDay
from portal.models.catalogue.loader import read_catalogue
from tests.models.catalogue.conftest import SHIPPED

YEARS = (2024, 2025, 2026)
WORKED = {2024: 251, 2025: 248, 2026: 248}


@pytest.fixture(scope="module")
def rows():
    return [CalendarDay(code=code, **values) for code, values in read_catalogue(SHIPPED)[CalendarDay].items()]


def days_of(year):
    return [date(year, 1, 1) + timedelta(n) for n in range(366) if (date(year, 1, 1) + timedelta(n)).year == year]


@pytest.mark.parametrize("year", YEARS)
def test_every_day_is_as_announced(rows, year):
    calendar = WorkingDays(rows)
    worked = [day for day in days_of(year) if calendar.is_working(day)]
    assert worked == [day for day in days_of(year) if chinese_calendar.is_workday(day)]
    assert len(worked) == WORKED[year]


def test_the_announced_years_are_the_covered_ones(rows):
    calendar = WorkingDays(rows)
    assert calendar.years == set(YEARS)
    assert not calendar.provisional(date(2026, 12, 31))
    assert calendar.provisional(date(2027, 1, 1))
    assert calendar.provisional(date(2023, 12, 31))


def test_announced_rows_differ_from_the_weekend_rule_and_name_their_notice(rows):
    for row in (row for row in rows if row.published):
        assert (row.kind == "holiday") == (row.day.weekday() < 5), row.code
        assert re.fullmatch(rf"国务院办公厅关于{row.day.year}年部分节假日安排的通知", row.source)


def test_an_uncovered_year_has_weekends_and_thirteen_statutory_days_off(rows):
    calendar = WorkingDays(rows)
    statutory = {row.day for row in rows if not row.published}
    assert len(statutory) == 13
    off = {day for day in days_of(2027) if not calendar.is_working(day)}
    assert off == statutory | {day for day in days_of(2027) if day.weekday() >= 5}


@pytest.mark.parametrize("year", YEARS)
def test_the_documented_command_makes_these_rows(year):
    code = re.search(r"<<'CODE'\n(.*?)\nCODE\n", (SHIPPED / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code
    made = subprocess.run(
        [sys.executable, "-", str(year)], input=code[1], capture_output=True, encoding="utf-8", check=True
    )
    lines = (SHIPPED / "calendar_days.csv").read_text(encoding="utf-8").splitlines()
    assert made.stdout.splitlines() == [line for line in lines if line.startswith(str(year))]
