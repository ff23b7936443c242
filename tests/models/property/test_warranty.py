"""Verdicts: the arithmetic of anniversaries and seasons, and what each class of defect is told."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models.catalogue import WarrantyTerm
from portal.models.catalogue.loader import read_catalogue
from portal.models.property.warranty import (
    BETWEEN_SEASONS,
    BY_CARD,
    NO_TERM,
    SEASONS,
    Season,
    Status,
    last_covered_day,
    verdict,
)
from tests.models.catalogue.conftest import SHIPPED

TERMS = [WarrantyTerm(code=code, version=1, **found) for code, found in read_catalogue(SHIPPED)[WarrantyTerm].items()]
HANDOVER = date(2025, 6, 28)
TODAY = date(2026, 11, 21)

handovers = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def ask(defect_class, on=TODAY, handover=HANDOVER, season=None):
    return verdict(defect_class, TERMS, handover, on, season)


@pytest.mark.parametrize(
    ("handover", "months", "last"),
    [
        (date(2025, 6, 28), 24, date(2027, 6, 27)),
        (date(2025, 6, 28), 60, date(2030, 6, 27)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),  # no 29 February: the month's last day
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2025, 8, 29), 6, date(2026, 2, 28)),
        (date(2025, 8, 28), 6, date(2026, 2, 27)),
        (date(2025, 8, 1), 6, date(2026, 1, 31)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2025, 1, 1), 12, date(2025, 12, 31)),
    ],
)
def test_a_term_ends_the_day_before_the_same_day(handover, months, last):
    assert last_covered_day(handover, months) == last


@given(handovers, st.integers(1, 120))
def test_the_next_day_is_the_same_day_or_a_first_of_a_month_that_lacks_it(handover, months):
    following = last_covered_day(handover, months) + timedelta(days=1)
    if following.day != handover.day:
        assert following.day == 1
        before = following - timedelta(days=1)
        assert handover.day > monthrange(before.year, before.month)[1]
        following = before
    assert (following.year - handover.year) * 12 + following.month - handover.month == months


@given(handovers, handovers, st.integers(1, 120))
def test_a_later_handover_never_ends_earlier(one, other, months):
    early, late = sorted([one, other])
    assert last_covered_day(early, months) <= last_covered_day(late, months)
    assert last_covered_day(early, months) < last_covered_day(early, months + 1)


@given(handovers, st.integers(1, 5), st.sampled_from(list(Season)))
def test_so_many_whole_seasons_begin_after_the_handover(handover, count, season):
    dates = SEASONS[season]
    end = dates.end(count, handover)
    begins = [date(year, *dates.first) for year in range(handover.year, end.year + 1)]
    assert sum(handover < begin <= end for begin in begins) == count
    assert (end.month, end.day) == dates.last


@pytest.mark.parametrize(
    ("handover", "season", "end"),
    [
        (date(2025, 6, 28), Season.HEATING, date(2027, 3, 15)),
        (date(2025, 11, 14), Season.HEATING, date(2027, 3, 15)),
        (date(2025, 11, 15), Season.HEATING, date(2028, 3, 15)),  # the season had begun that day
        (date(2026, 1, 10), Season.HEATING, date(2028, 3, 15)),
        (date(2025, 6, 28), Season.COOLING, date(2027, 9, 15)),
        (date(2025, 5, 14), Season.COOLING, date(2026, 9, 15)),
    ],
)
def test_two_seasons(handover, season, end):
    assert ask("hvac", handover, handover, season).until == end


@pytest.mark.parametrize(
    ("defect_class", "status", "until", "term"),
    [
        ("structure", Status.COVERED, None, "WD1"),
        ("waterproofing", Status.COVERED, date(2030, 6, 27), "WD2"),
        ("insulation", Status.COVERED, date(2030, 6, 27), "WD3"),
        ("plumbing", Status.COVERED, date(2027, 6, 27), "WD5"),
        ("electrical", Status.COVERED, date(2027, 6, 27), "WD5"),
        ("equipment", Status.COVERED, date(2027, 6, 27), "WD5"),
        ("decoration", Status.COVERED, date(2027, 6, 27), "WD6"),
        ("door_window", Status.COVERED, date(2027, 6, 27), "WD7"),
        ("hvac", Status.COVERED, date(2027, 3, 15), "WD4"),
        ("sanitary_ware", Status.EXPIRED, date(2026, 6, 27), "WM8"),
        ("lamp_switch", Status.EXPIRED, date(2025, 12, 27), "WM9"),
        ("pipe_blockage", Status.EXPIRED, date(2025, 8, 27), "WM6"),
        ("appliance", Status.CHECK_ON_SITE, None, "WD8"),
        ("other", Status.CHECK_ON_SITE, None, None),
    ],
)
def test_every_class_gets_its_verdict(defect_class, status, until, term):
    found = ask(defect_class)
    assert (found.status, found.until, found.term_code) == (status, until, term)


def test_the_last_day_is_covered_and_the_next_is_not():
    assert ask("plumbing", date(2027, 6, 27)).status is Status.COVERED
    assert ask("plumbing", date(2027, 6, 28)).status is Status.EXPIRED


def test_a_verdict_carries_its_term():
    found = ask("waterproofing")
    assert (found.version, found.component_en[:13]) == (1, "Leak-proofing")
    assert found.basis_zh == "建设工程质量管理条例 第40条；商品房销售管理办法 第33条"
    assert found.basis_en.startswith("Regulation on the Quality Management of Construction Projects, art. 40")


@pytest.mark.parametrize("handover", [None, date(2026, 11, 22)])
def test_before_the_handover_nothing_has_started(handover):
    for name in ("structure", "plumbing", "hvac"):
        found = ask(name, handover=handover)
        assert (found.status, found.until) == (Status.NOT_STARTED, None)
    assert ask("appliance", handover=handover).status is Status.CHECK_ON_SITE
    assert ask("plumbing", HANDOVER).status is Status.COVERED


def test_a_card_or_no_term_is_checked_on_site_with_its_reason():
    card = ask("appliance")
    assert (card.rule, card.basis_zh) == (BY_CARD, "产品保修卡、合同附件")
    nothing = ask("other")
    assert (nothing.rule, nothing.basis_zh) == (NO_TERM, None)
    assert ask("comparison").status is Status.CHECK_ON_SITE


def test_between_the_ends_of_heating_and_cooling_it_depends():
    summer = date(2027, 7, 1)
    assert ask("hvac", summer, season=Season.HEATING).status is Status.EXPIRED
    assert ask("hvac", summer, season=Season.COOLING).status is Status.COVERED
    unsaid = ask("hvac", summer)
    assert (unsaid.status, unsaid.rule, unsaid.until) == (Status.CHECK_ON_SITE, BETWEEN_SEASONS, date(2027, 9, 15))
    assert ask("hvac", date(2027, 9, 16)).status is Status.EXPIRED


def test_of_several_terms_the_longest_wins():
    contract = WarrantyTerm(code="OWN-1", version=1, classes=["plumbing"], amount=3, unit="year", owner_default=True)
    found = verdict("plumbing", [contract, *TERMS], HANDOVER, TODAY)
    assert (found.term_code, found.until) == ("OWN-1", date(2028, 6, 27))


@given(
    handovers,
    st.dates(date(2000, 1, 1), date(2070, 12, 31)),
    st.sampled_from(sorted({c for t in TERMS for c in t.classes})),
)
def test_once_expired_always_expired(handover, on, defect_class):
    found = ask(defect_class, on, handover)
    later = ask(defect_class, on + timedelta(days=40), handover)
    if found.status is Status.EXPIRED:
        assert later == found
    if found.status is Status.COVERED and found.until:
        assert handover <= on <= found.until
