"""Finding people of a development by what a caller says: a number, an address, a home, or a name.

Numbers and addresses are compared through the blind indexes, names and last four digits through the index in memory;
whoever is found is opened and compared once more. A search counts as a look. What was searched for is on record as a
kind only: the words are about somebody who may not be known yet, so no key could seal them that goes when that person
is erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.models.accounts import P, Person
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.customers.asking import By, asked_by, compact
from portal.models.customers.following import names
from portal.models.customers.names import NameIndex
from portal.models.customers.standing import Scope, Standing, known_in, standings
from portal.models.errors import Denied
from portal.models.events import declare, record
from portal.models.fields import FieldQuery
from portal.models.property import Development, Home, Tenure
from portal.vault import VaultError

SHOWN = 50
MOST_COUNTED = 1000
CHUNK = 500

SEARCHED = declare("person.searched", ("what", "hits"), owner_sees=False)
FOUND = declare("person.found", ("what",), owner_sees=False)

FIELDS: dict[By, Any] = {By.EMAIL: Person.email, By.ID_NUMBER: Person.id_number, By.PHONE: Person.phone}
IN_MEMORY: dict[By, Callable[[Any, str], list[bytes]]] = {
    By.NAME: lambda index, text: index.find(text),
    By.PHONE_ENDING: lambda index, text: index.ending(compact(text)),
}


@dataclass(frozen=True, slots=True)
class Found:
    """The answer: up to 50 people, the best first, and how many there are in all.

    ``count`` stops at 1,001. ``is_partial``: there are more people than the index of names has room for.
    """

    by: By
    count: int
    people: Sequence[Standing]
    is_partial: bool


def find(text: str, by: Actor) -> Found:
    """People of the actor's scope: parties of its tenures, and the staff. Recorded, each time it is asked.

    Whoever is found by a number or an address has it on their own record besides. Raises Denied, or Refused for a text
    that means too many. Ask it before the transaction has read anything: the first time a process builds the index.
    """
    if not by.may(P.PERSON_SEARCH) or by.development_id is None:
        raise Denied
    what = asked_by(text)
    scope = Scope(by.development_id, by.buildings)
    meant = _meant(what, text, scope.development_id)
    reached = _known(meant, scope)
    first = standings(scope, reached[:SHOWN])
    people = _compared(what, text, first)
    count = len(reached) - len(first) + len(people)
    _log(what, count, people, by.with_once(None), by.development_id)
    return Found(what, count, people, what in IN_MEMORY and names().is_partial)


def _meant(what: By, text: str, development_id: UUID) -> Iterable[UUID]:
    """Who may be meant, of any development, best first."""
    if what in IN_MEMORY:
        return (UUID(bytes=one) for one in IN_MEMORY[what](names(), text))
    if what == By.HOME:
        home = Home.of_code(development_id, text)
        tenure = Tenure.running(home.id) if home else None
        return [party.person_id for party in tenure.parties] if tenure else []
    return db.session.scalars(select(Person.id).where(FIELDS[what] == text)).all()


def _known(meant: Iterable[UUID], scope: Scope) -> list[UUID]:
    """Those who are known in the development, in the same order, up to one more than are counted."""
    known: list[UUID] = []
    left = iter(meant)
    while len(known) <= MOST_COUNTED and (some := list(islice(left, CHUNK))):
        there = known_in(scope, some)
        known += [one for one in some if one in there]
    return known[: MOST_COUNTED + 1]


def _compared(what: By, text: str, people: Sequence[Standing]) -> list[Standing]:
    """Those who, opened, are what was asked for; whoever does not open is nobody's hit."""
    opened = {one.person.id.bytes: one for one in people if _opens(one.person)}
    if what in IN_MEMORY:
        again = NameIndex()
        for person, one in opened.items():
            again.put(person, one.person.name or "", one.person.phone or "")
        return [opened[person] for person in IN_MEMORY[what](again, text)]
    field: FieldQuery | None = FIELDS.get(what)
    return [one for one in opened.values() if field is None or _matches(field, one.person, text)]


def _matches(field: FieldQuery, person: Person, text: str) -> bool:
    try:
        return field.matches(person, text)
    except VaultError:
        return False


def _opens(person: Person) -> bool:
    try:
        return person.name is not None or person.phone is not None
    except VaultError:
        return False


def _log(what: By, hits: int, people: Sequence[Standing], by: Actor, development_id: UUID) -> None:
    record(by, SEARCHED, db.session.get_one(Development, development_id), what=what.value, hits=hits)
    if what not in (By.NAME, By.HOME):
        for one in people:
            record(by, FOUND, one.person, what=what.value)
