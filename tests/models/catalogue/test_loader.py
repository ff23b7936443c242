"""Loading writes only what differs, keeps every old version, and writes nothing when a file is wrong."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.models.catalogue import CalendarDay, CatalogueError, Category, Defect, ServiceLimit, WarrantyTerm
from portal.models.catalogue.loader import Counts, load_catalogue
from portal.models.errors import NotReached

MODELS = (Category, Defect, WarrantyTerm, ServiceLimit, CalendarDay)
SPRING = datetime(2026, 3, 2, 4, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 4, tzinfo=UTC)


@pytest.fixture
def loaded(database, folder):
    with clock.at(SPRING):
        report = load_catalogue(folder)
    database.session.commit()
    return report


def rows(database):
    return sum(database.session.scalar(select(func.count()).select_from(model)) for model in MODELS)


def test_first_load_fills_every_table(database, loaded):
    assert {name: counts.added for name, counts in loaded.tables.items()} == {
        "Category": 20,
        "Defect": 117,
        "WarrantyTerm": 39,
        "ServiceLimit": 57,
        "CalendarDay": 88,
    }
    assert loaded.written == rows(database) == 321
    assert Defect.current("LEAK-04").valid_from == date(2026, 3, 2)


def test_second_load_writes_nothing(database, folder, loaded, written):
    report = load_catalogue(folder)
    database.session.commit()
    assert report.written == 0
    assert written == {"INSERT": 0, "UPDATE": 0, "DELETE": 0}
    assert report.tables["Defect"] == Counts(unchanged=117)


def test_a_change_closes_one_version_and_adds_the_next(database, folder, sheets, loaded, written):
    sheets.set("defects.csv", "LEAK-04", "priority", "emergency")
    with clock.at(SUMMER):
        report = load_catalogue(folder)
    database.session.commit()
    assert written == {"INSERT": 1, "UPDATE": 1, "DELETE": 0}
    assert report.tables["Defect"] == Counts(changed=1, unchanged=116)
    old, new = Defect.at("LEAK-04", 1), Defect.current("LEAK-04")
    assert (old.priority, old.valid_from, old.valid_to) == ("urgent", date(2026, 3, 2), date(2026, 7, 1))
    assert (new.priority, new.version, new.valid_from, new.valid_to) == ("emergency", 2, date(2026, 7, 1), None)
    assert [row.version for row in Defect.in_force(date(2026, 6, 30)) if row.code == "LEAK-04"] == [1]
    assert [row.version for row in Defect.in_force(date(2026, 7, 1)) if row.code == "LEAK-04"] == [2]


def test_a_removed_entry_is_closed_and_returns_with_the_next_version(database, folder, sheets, loaded, written):
    kept = sheets.rows("defects.csv")
    sheets.change("defects.csv", lambda rows: rows.pop())
    assert load_catalogue(folder).tables["Defect"] == Counts(closed=1, unchanged=116)
    assert written == {"INSERT": 0, "UPDATE": 1, "DELETE": 0}
    with pytest.raises(NotReached):
        Defect.current("OTHER-03")
    assert Defect.at("OTHER-03", 1).defect_en == "Cleaning or protection defect"
    sheets.write("defects.csv", kept)
    assert load_catalogue(folder).tables["Defect"] == Counts(added=1, unchanged=116)
    assert Defect.current("OTHER-03").version == 2


def test_what_an_installation_changed_is_left_alone(database, folder, sheets, loaded):
    Defect.current("WIN-04").shipped = False
    sheets.set("defects.csv", "WIN-04", "priority", "normal")
    report = load_catalogue(folder)
    assert report.tables["Defect"] == Counts(unchanged=116, kept=1)
    assert Defect.current("WIN-04").priority == "parts"


def test_what_an_installation_added_stays(database, folder, loaded):
    own = {"scope_zh": "一期：一般上门", "scope_en": "Phase 1: visit", "provider": "own", "source": "own"}
    database.session.add(
        ServiceLimit(
            code="OWN-1",
            version=1,
            valid_from=date(2026, 3, 2),
            shipped=False,
            priority="normal",
            metric="on_site",
            amount=5,
            unit="working_day",
            clock="working",
            adopted=True,
            confidence="suggested",
            **own,
        )
    )
    assert load_catalogue(folder).written == 0
    assert ServiceLimit.current("OWN-1").valid_to is None


def test_everything_is_in_the_callers_transaction(database, folder):
    load_catalogue(folder)
    database.session.rollback()
    assert rows(database) == 0


def test_a_wrong_last_file_leaves_the_first_ones_unwritten(database, folder, sheets, loaded, written):
    sheets.set("defects.csv", "LEAK-04", "priority", "emergency")
    sheets.set("calendar_days.csv", "2026-10-10", "kind", "half a day")
    with pytest.raises(CatalogueError):
        load_catalogue(folder)
    database.session.commit()
    assert written == {"INSERT": 0, "UPDATE": 0, "DELETE": 0}


def test_an_announced_year_becomes_covered(database, folder, sheets, loaded):
    days = sheets.rows("statutory_days.csv")
    sheets.write("statutory_days.csv", days[:1])
    sheets.change("calendar_days.csv", lambda rows: rows.extend(days[1:]))
    assert load_catalogue(folder).tables["CalendarDay"] == Counts(changed=13, unchanged=75)
    day = CalendarDay.current("2027-02-05")
    assert (day.published, day.version, day.day) == (True, 2, date(2027, 2, 5))
