"""What somebody learns who reads the stored indexes and knows how often each value occurs: next to nothing.

The attack ranks the index values of a column by how often they occur, ranks the values of a public distribution by how
likely they are, and takes each for the one of its rank. What it recovers of each stored index is compared with a bound;
an index of family names, which is not stored, would give most of them away.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from sqlalchemy import inspect

from portal.models.accounts import Person
from portal.models.base import Model
from portal.vault import KeyRing
from portal.vault.normalise import NORMALISERS
from tests.vault.conftest import demo_settings

PEOPLE = 4000
# A share of the rows. Near-unique values have no ranks to speak of: what is recovered is luck.
BOUND = 0.02
# The commonest family names of China and their share of all people, in thousandths (household registers, rounded).
FAMILY_NAMES = {
    "王": 72,
    "李": 72,
    "张": 68,
    "刘": 54,
    "陈": 45,
    "杨": 31,
    "黄": 22,
    "赵": 20,
    "吴": 20,
    "周": 19,
    "徐": 15,
    "孙": 14,
    "马": 13,
    "朱": 13,
    "胡": 13,
    "郭": 12,
    "何": 12,
    "林": 11,
    "高": 10,
    "罗": 10,
    "郑": 9,
    "梁": 9,
    "谢": 8,
    "宋": 8,
    "唐": 7,
    "许": 6,
    "韩": 6,
    "邓": 6,
    "冯": 6,
    "曹": 5,
}


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory):
    """A key ring of its own."""
    made = KeyRing.create(demo_settings(tmp_path_factory.mktemp("leakage")))
    yield made
    made.close()


def recovered(indexed: Sequence[bytes], plain: Sequence[str], known: Sequence[str]) -> float:
    """The share of rows whose value the attack names: ``known`` are all values, the likeliest first."""
    ranked = [value for value, _ in Counter(indexed).most_common()]
    guess = dict(zip(ranked, known, strict=False))
    return sum(guess.get(index) == value for index, value in zip(indexed, plain, strict=True)) / len(plain)


def columns() -> dict[str, tuple[str, str, str]]:
    """Every stored index of a person: column → label, field, normaliser."""
    groups = (Person.contact, Person.identity, Person.address_group)
    return {
        index.column: (group.label, name, index.normaliser) for group in groups for name, index in group.indexes.items()
    }


def people(field: str) -> list[str]:
    """Values of a field as they occur: households share an address of mail, telephones too, and some are default."""
    chance = random.Random(77)  # noqa: S311 - the same people each time
    if field == "phone":
        return [f"+8613{number:09d}" for number in chance.sample(range(10**9), PEOPLE)]  # unique by the schema
    if field == "email":
        own = [f"p{number}@example.com" for number in range(PEOPLE)]
        return [own[number - 1] if chance.random() < 0.05 else own[number] for number in range(PEOPLE)]
    return [f"999999{chance.randrange(1940, 2008)}{chance.randrange(10**8):08d}" for _ in range(PEOPLE)]


@pytest.mark.parametrize("column", sorted(columns()))
def test_a_stored_index_gives_next_to_nothing_away(ring: KeyRing, column: str, record_property):
    label, field, normaliser = columns()[column]
    plain = people(field)
    indexed = [ring.blind_index(label, field, normaliser, text) for text in plain]
    known = [value for value, _ in Counter(plain).most_common()]  # more than anybody knows: the very ranks
    random.Random(1).shuffle(known)  # noqa: S311 - among values of one count the order says nothing
    known.sort(key=Counter(plain).__getitem__, reverse=True)
    share = recovered(indexed, plain, known)
    record_property("recovered", share)
    assert share <= BOUND, f"{column}: {share:.1%}"


def test_an_index_of_family_names_would_give_most_of_them_away(ring: KeyRing, record_property):
    chance = random.Random(77)  # noqa: S311
    plain = chance.choices(list(FAMILY_NAMES), list(FAMILY_NAMES.values()), k=200_000)
    hashes = {name: ring.blind_index("person.contact", "family_name", "id_number", name) for name in FAMILY_NAMES}
    share = recovered([hashes[name] for name in plain], plain, list(FAMILY_NAMES))
    record_property("recovered", share)
    assert share > 0.5


def test_so_nothing_of_a_name_is_stored_to_search_by():
    """The stored indexes are these, of values that are near unique; a new one has to be weighed here first."""
    assert set(columns()) == {"phone_index", "email_index", "id_number_index"}
    assert {normaliser for _, _, normaliser in columns().values()} == set(NORMALISERS)
    marked = {
        f"{mapper.local_table.name}.{column.name}"
        for mapper in Model.registry.mappers
        for column in inspect(mapper.class_).local_table.columns
        if column.info.get("blind_index")
    }
    stored = {f"person.{name}{slot}" for name in columns() for slot in ("", "_other")}
    assert marked == stored
