"""The band of the home page: the drawn example, and what moves with the day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.models.catalogue import WarrantyTerm
from portal.models.catalogue.loader import read_catalogue
from portal.models.property.warranty import Season, Status
from portal.models.property.warranty_band import CLASS_WORDS, band
from tests.models.catalogue.conftest import SHIPPED

TERMS = [WarrantyTerm(code=code, version=1, **found) for code, found in read_catalogue(SHIPPED)[WarrantyTerm].items()]
HANDOVER = date(2025, 6, 28)


def test_the_drawn_home():
    found = band(TERMS, HANDOVER, date(2026, 11, 21))
    assert (found.years, found.width, found.now) == (tuple(range(2025, 2032)), 700, 189)
    assert [(row.labels, row.until, row.gone, row.left) for row in found.rows] == [
        (("主体结构",), None, (49, 189), (189, 700)),
        (("防水", "保温"), date(2030, 6, 27), (49, 189), (189, 549)),
        (("电气", "给排水", "设备"), date(2027, 6, 27), (49, 189), (189, 249)),
        (("装修", "门窗"), date(2027, 6, 27), (49, 189), (189, 249)),
        (("供暖",), date(2027, 3, 15), (49, 189), (189, 220)),
        (("供冷",), date(2027, 9, 15), (49, 189), (189, 271)),
        (("洁具",), date(2026, 6, 27), (49, 149), None),
    ]
    heating, sanitary = found.rows[4], found.rows[6]
    assert (heating.days_left, heating.soon, heating.amount, heating.season) == (114, True, 2, Season.HEATING)
    assert (sanitary.status, sanitary.days_left, sanitary.soon, sanitary.season) == (Status.EXPIRED, None, False, None)


def test_short_terms_have_rows_of_their_own_until_half_a_year_after_their_end():
    def short(today):
        return [row.labels[0] for row in band(TERMS, HANDOVER, today).rows[6:]]

    assert short(date(2025, 7, 1)) == ["洁具", "灯具开关", "管道疏通"]
    assert short(date(2026, 2, 26)) == ["洁具", "灯具开关", "管道疏通"]
    assert short(date(2026, 2, 27)) == ["洁具", "灯具开关"]
    assert short(date(2027, 1, 1)) == []


def test_the_main_terms_stay_after_their_end():
    found = band(TERMS, HANDOVER, date(2033, 1, 1))
    assert [row.status for row in found.rows] == [Status.COVERED] + [Status.EXPIRED] * 5
    assert (found.years[-1], found.now) == (2034, 800)
    assert all(row.left is None for row in found.rows[1:])


def test_a_home_to_be_handed_over_shows_what_it_will_have():
    found = band(TERMS, date(2027, 1, 1), date(2026, 11, 21))
    assert {row.status for row in found.rows} == {Status.NOT_STARTED}
    water = found.rows[1]
    assert (water.since, water.until, water.gone, water.left) == (
        date(2027, 1, 1),
        date(2031, 12, 31),
        (100, 100),
        (100, 600),
    )


def test_a_longer_term_parts_a_row():
    longer = WarrantyTerm(code="OWN-1", version=1, classes=["door_window"], amount=3, unit="year", owner_default=True)
    rows = band([longer, *TERMS], HANDOVER, date(2026, 11, 21)).rows
    assert [(row.labels, row.until, row.amount) for row in rows[3:5]] == [
        (("门窗",), date(2028, 6, 27), 3),
        (("装修",), date(2027, 6, 27), 2),
    ]


def test_every_class_of_an_owners_term_has_its_word():
    assert {name for term in TERMS if term.owner_default for name in term.classes} <= CLASS_WORDS.keys()


@given(st.dates(date(2010, 1, 1), date(2040, 12, 31)), st.integers(-800, 8000))
def test_every_row_fits_the_axis(handover, age):
    found = band(TERMS, handover, handover + timedelta(days=age))
    assert 0 <= found.now < found.width
    for row in found.rows:
        begin, reached = row.gone
        assert 0 <= begin <= reached <= found.width
        if row.left is None:
            assert row.status is Status.EXPIRED
        else:
            assert reached == row.left[0] <= row.left[1] <= found.width
