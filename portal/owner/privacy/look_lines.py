"""A look in plain words: who, at what, when, why, and about which repair."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from sqlalchemy import select

from portal.models.accounts import Person
from portal.models.accounts.names import family_name
from portal.models.accounts.permissions import ROLE_WORDS
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.customers import LOOK_WORDS
from portal.models.customers.finding import FOUND
from portal.models.errors import N_
from portal.models.events import Event
from portal.models.repairs import Ticket
from portal.models.repairs.reach import within
from portal.vault import Erased
from portal.web.i18n import said

TITLES: dict[str, str] = {
    "phone": N_("%(who)s 看了您的电话"),
}
SEARCHED = N_("%(who)s 搜索时找到了您")


@dataclass(frozen=True, slots=True)
class LookLine:
    """``number`` is a ticket's; ``url`` leads there when it is within reach, ``proof_url`` to the line's proof."""

    title: str
    role: str
    at: datetime
    reason: str
    number: str
    url: str
    proof_url: str


def look_lines(actor: Actor, events: Sequence[Event]) -> list[LookLine]:
    """The lines of a page, its people and tickets fetched together."""
    people = Person.of_ids({event.actor_id for event in events if event.actor_id})
    numbers = {event.fields.get("ticket", "") for event in events}
    mine = within(select(Ticket.number).where(Ticket.number.in_(numbers)), Ticket, actor)
    known = set(db.session.scalars(mine)) if actor.may("ticket:view") else set()
    return [_line(event, people, known) for event in events]


def _line(event: Event, people: dict[UUID, Person], known: set[str]) -> LookLine:
    fields = event.fields
    role = said(ROLE_WORDS.get(event.role, ROLE_WORDS["system"]))
    person = people.get(event.actor_id) if event.actor_id else None
    name = _family_name(person) if person else ""
    who = gettext("%(role)s%(name)s某", role=role, name=name) if name else role
    number, reason = fields.get("ticket", ""), fields.get("reason", "")
    title = SEARCHED if event.kind == FOUND else TITLES.get(fields["what"], N_("%(who)s 看了您的信息"))
    return LookLine(
        said(title, who=who),
        role,
        event.at,
        said(LOOK_WORDS[reason]) if reason in LOOK_WORDS else "",
        number,
        url_for("owner.repairs.tickets.show", number=number) if number in known else "",
        url_for("owner.privacy.looks.show", look_id=event.id),
    )


def _family_name(person: Person) -> str:
    """Empty for somebody of the staff who was erased since: the role stays."""
    with suppress(Erased):
        return family_name(person.name or "")
    return ""
