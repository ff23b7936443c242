"""What the shipped files promise to the rest of the portal."""

import csv
import re

import pytest

from portal.models.catalogue import Category, Defect, Place, Priority, ServiceLimit, WarrantyTerm, load_catalogue
from portal.models.catalogue.service_limit import MEASURES
from portal.models.errors import NotReached
from tests.models.catalogue.conftest import SHIPPED


@pytest.fixture
def loaded(database):
    load_catalogue(SHIPPED)
    return database


def test_categories_keep_their_order_and_place(loaded):
    assert [row.code for row in Category.ordered()][:4] == ["LEAK", "PLUMB", "ELEC", "ELV"]
    assert len(Category.ordered()) == 20
    common = [row.code for row in Category.ordered(Place.COMMON)]
    assert common == ["LEAK", "GAS", "STRUCT", "FACADE", "PUBLIC"]
    assert {"FACADE", "PUBLIC"}.isdisjoint(row.code for row in Category.ordered(Place.HOME))
    assert {row.code: row.season for row in Category.ordered() if row.season} == {"HVAC": "cooling", "HEAT": "heating"}


def test_defects_come_by_category_in_order(loaded):
    assert [row.code for row in Defect.of_category("STRUCT")] == ["STRUCT-01", "STRUCT-02", "STRUCT-03"]
    assert Defect.of_category("NONE") == []
    assert len(Defect.emergencies()) == 16
    assert {row.priority for row in Defect.in_force()} == set(Priority)


def test_every_defect_has_an_owners_term_or_is_other(loaded):
    classes = [name for term in WarrantyTerm.of_owners() for name in term.classes]
    assert len(classes) == len(set(classes))
    assert {row.warranty_class for row in Defect.in_force()} - set(classes) == {"other"}


def test_every_adopted_limit_counts_minutes_or_working_days(loaded):
    adopted = [row for row in ServiceLimit.in_force() if row.adopted]
    assert len(adopted) == 22
    for row in adopted:
        counted, each = MEASURES[row.unit, row.clock]
        assert (row.limit.amount, row.limit.unit) == ((row.amount or 0) * each, counted)
    with pytest.raises(ValueError):
        _ = ServiceLimit.current("SL21").limit


def test_an_unknown_code_or_version_is_not_reached(loaded):
    with pytest.raises(NotReached):
        Defect.current("LEAK-99")
    with pytest.raises(NotReached):
        Defect.at("LEAK-01", 2)


def test_every_source_is_explained():
    explained = set(re.findall(r"^\| (\w+) \|", (SHIPPED / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    for name in ("categories", "defects", "warranty_terms", "service_limits"):
        with (SHIPPED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            named = {source for row in csv.DictReader(file) for source in row["source"].split(",")}
        assert named <= explained, name
