"""The cast, written by hand, and the households of the other homes, drawn by seed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.demo.reading import SceneError, Table

HOUSEHOLD_ROLES = frozenset({"owner", "co_owner"})
STAFF_ROLES = frozenset({"service_agent", "dispatcher", "technician", "manager", "auditor", "admin"})
# 129 is no emergency or service number, and no mobile number begins with 12: see people.toml.
PHONES = range(129_0000_0000, 129_0000_1000)
FIRST_OWNER, FIRST_CO_OWNER = PHONES[300], PHONES[600]
CO_OWNED = 0.35


@dataclass(frozen=True, slots=True)
class Person:
    """One of the people. ``phone`` has eleven digits without a country code; ``covers`` are a technician's trades."""

    key: str
    role: str
    name: str
    phone: str
    email: str
    homes: tuple[str, ...] = ()
    badge: str | None = None
    trade: str | None = None
    covers: tuple[str, ...] = ()

    @property
    def surname(self) -> str:
        """The family name: what an owner is told of a technician."""
        return self.name[0]


@dataclass(frozen=True, slots=True)
class Household:
    """Who a home belongs to; the owner of several homes stands in several households."""

    home: str
    owner: Person
    co_owner: Person | None = None

    @property
    def members(self) -> tuple[Person, ...]:
        """The owner, then the co-owner if there is one."""
        return (self.owner, self.co_owner) if self.co_owner else (self.owner,)


@dataclass(frozen=True, slots=True)
class People:
    """The cast by key, and the names from which the others are drawn."""

    cast: Mapping[str, Person]
    surnames: str
    given: tuple[str, ...]

    def of_role(self, role: str) -> tuple[Person, ...]:
        """The cast in one role, in the order of the file."""
        return tuple(person for person in self.cast.values() if person.role == role)

    def technician_for(self, trade: str) -> Person | None:
        """Who is sent for a trade of the catalogue."""
        return next((each for each in self.of_role("technician") if trade in each.covers), None)

    def households(self, homes: Iterable[str], seed: int) -> tuple[Household, ...]:
        """One household a home, in the order given; names by seed, keys (``owner:4-1-0703``) and phones without."""
        rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
        names = iter(self._names(rng))
        return tuple(self._household(home, n, names, rng.random() < CO_OWNED) for n, home in enumerate(homes))

    def _names(self, rng: random.Random) -> list[str]:
        known = {person.name for person in self.cast.values()}
        surnames = sorted(set(self.surnames))
        pairs = [surname + given for surname in surnames for given in self.given if surname + given not in known]
        weights = [self.surnames.count(pair[0]) for pair in pairs]
        keyed = [(rng.random() ** (1 / weight), pair) for weight, pair in zip(weights, pairs, strict=True)]
        return [pair for _, pair in sorted(keyed, reverse=True)]

    def _household(self, home: str, n: int, names: Iterable[str], shared: bool) -> Household:
        owner = self._of_cast(home, "owner")
        if owner is not None:
            return Household(home, owner, self._of_cast(home, "co_owner"))
        draw = iter(names)
        owner = _drawn("owner", home, next(draw), FIRST_OWNER + n)
        return Household(home, owner, _drawn("co_owner", home, next(draw), FIRST_CO_OWNER + n) if shared else None)

    def _of_cast(self, home: str, role: str) -> Person | None:
        return next((person for person in self.of_role(role) if home in person.homes), None)


def _drawn(role: str, home: str, name: str, phone: int) -> Person:
    return Person(f"{role}:{home}", role, name, str(phone), f"{role.replace('_', '-')}.{home}@mail.invalid", (home,))


def parse(file: Table) -> People:
    """The people of a file; raises SceneError for an unknown role, a phone out of the range or a name given twice."""
    names = file.table("names")
    persons = [_person(table) for table in file.tables("person")]
    people = People({person.key: person for person in persons}, names.text("surnames"), names.texts("given"))
    names.done()
    file.done()
    for what in ("key", "phone", "email", "name"):
        values = [getattr(person, what) for person in persons]
        if len(set(values)) != len(values):
            raise SceneError(f"{file.where}: two people have the same {what}")
    return people


def _person(table: Table) -> Person:
    person = Person(
        key=table.text("key"),
        role=table.text("role"),
        name=table.text("name"),
        phone=table.text("phone"),
        email=table.text("email"),
        homes=table.texts("homes"),
        badge=table.get("badge", str),
        trade=table.get("trade", str),
        covers=table.texts("covers"),
    )
    table.done()
    if person.role not in HOUSEHOLD_ROLES | STAFF_ROLES:
        raise SceneError(f"{table.where}: no role {person.role}")
    if not person.phone.isdigit() or int(person.phone) not in PHONES:
        raise SceneError(f"{table.where}: the phone is not in the demonstration's range")
    if (person.role == "technician") != bool(person.badge and person.trade and person.covers):
        raise SceneError(f"{table.where}: badge, trade and covers belong to a technician, all three")
    if (person.role in HOUSEHOLD_ROLES) != bool(person.homes):
        raise SceneError(f"{table.where}: homes belong to owners and co-owners")
    return person
