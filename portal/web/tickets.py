"""A repair as a screen shows it: where and what, how far, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext

from portal import clock
from portal.models.accounts import P, Person, Role
from portal.models.accounts.names import family_initial, family_name
from portal.models.actor import Actor
from portal.models.catalogue import PRIORITY_WORDS
from portal.models.events import Event, history
from portal.models.property.development import COMMON_PART_WORDS
from portal.models.repairs import Confirmation, State, Ticket, states
from portal.models.repairs.timed import TicketClock
from portal.web import kept
from portal.web.clocks import ClockView, clock_view
from portal.web.erased import gone, muted, somebody
from portal.web.filters import home_code, home_label
from portal.web.i18n import inside, local, said
from portal.web.trackers import Stage, stages
from portal.web.trades import trade_words
from portal.web.warranty import Cover, cover


def place_words(ticket: Ticket) -> str:
    """The room or the common part: 主卫, 3号楼 电梯."""
    if ticket.common_part:
        part = said(COMMON_PART_WORDS[ticket.common_part])
        label = ticket.building.label if ticket.building else ""
        return gettext("%(building)s号楼 %(part)s", building=label, part=inside(part)) if label else part
    space = ticket.space
    return local(space, "name") if space else gettext("室内")


def title(ticket: Ticket) -> str:
    """What it is called on every screen: 主卫·渗漏."""
    return gettext("·").join((place_words(ticket), local(ticket.defect, "defect")))


def address(ticket: Ticket, *, staff: bool) -> str:
    """The home in the words of the face, or that it is a common part."""
    if ticket.home is None or ticket.common_part:
        return gettext("公共部位")
    return home_code(ticket.home) if staff else home_label(ticket.home)


def covered(ticket: Ticket) -> Cover:
    """What the warranty said when it was reported."""
    return cover(ticket.warranty_status, ticket.warranty_until, ticket.defect.warranty_class)


def state_words(ticket: Ticket, *, staff: bool) -> str:
    """The status word of the face."""
    return said((states.STAFF_WORDS if staff else states.OWNER_WORDS)[ticket.state])


def tone(ticket: Ticket) -> str:
    """The tone of the status word: late while a promise of ours is broken."""
    late = ticket.next_due_at is not None and ticket.next_due_at < clock.now() and ticket.state != State.AWAITING_OWNER
    return "late" if late and ticket.is_open else states.TONES[ticket.state]


def priority_words(ticket: Ticket) -> str:
    """特急, 紧急, 一般 …"""
    return said(PRIORITY_WORDS[ticket.priority])


def clock_of(run: TicketClock) -> ClockView:
    """How a clock is drawn; one that runs on a kept page is drawn anew for every answer."""
    due, started, ended = run.due_at, run.started_at, run.ended_at
    minutes = int((due - started).total_seconds() // 60)

    def drawn() -> ClockView:
        return clock_view(due, started, ended, clock.now(), minutes)

    view = drawn()
    if ended is not None or kept.keeping() is None:
        return view
    tone, words, percent, spoken = (kept.fresh(drawn, part) for part in ("tone", "words", "percent", "spoken"))
    return ClockView(tone, words, percent, kept.passed(due), spoken)


def next_clock(ticket: Ticket) -> ClockView | None:
    """The nearest promise that still runs; None when none does."""
    run = ticket.clock_named(ticket.next_clock) if ticket.next_clock else None
    return clock_of(run) if run is not None and run.running else None


@dataclass(frozen=True, slots=True)
class Technician:
    """Who comes. Before an owner only the family name, trade and badge; ``name`` is whole only for the staff."""

    name: str
    trade: str
    badge: str
    initial: str


def technician(ticket: Ticket, *, staff: bool) -> Technician | None:
    """The technician whose job it is; None before one is given."""
    if ticket.assignment is None:
        return None
    grant = ticket.assignment.grant
    person = grant.account.person
    if gone(person):
        return Technician(somebody(Role(grant.role)), trade_words(grant.trade_code), grant.badge or "", "")
    family = kept.personal(Person.name, person, family_name)
    called = kept.personal(Person.name, person) if staff else gettext("%(name)s师傅", name=family)
    initial = kept.personal(Person.name, person, family_initial)
    return Technician(called, trade_words(grant.trade_code), grant.badge or "", initial)


@dataclass(frozen=True, slots=True)
class Signed:
    """The owner's signature, ``path`` as drawn or ``name`` as typed, and scores of 1 to 5."""

    at: datetime
    quality: int | None
    speed: int | None
    manner: int | None
    name: str
    path: str

    @classmethod
    def of(cls, row: Confirmation) -> Signed:
        """What an accepted confirmation says."""
        name = kept.personal(Confirmation.signature_name, row)
        path = kept.personal(Confirmation.signature_path, row, erased=str)
        name = name or ("" if path else muted())  # one of the two was there
        return cls(row.at, row.quality, row.speed, row.manner, name, path)


@dataclass(frozen=True, slots=True)
class TicketView:
    """Everything the pieces of a ticket's page need, for one face and one actor."""

    ticket: Ticket
    actor: Actor
    events: list[Event]
    staff: bool
    people: dict[UUID, Person]

    @classmethod
    def of(cls, ticket: Ticket, actor: Actor) -> TicketView:
        """The view of a ticket that has been reached by the actor."""
        staff = actor.development_id is not None
        events = list(history(ticket, staff=staff))
        technicians = {assignment.technician_id for assignment in ticket.assignments}
        acted = {event.actor_id for event in events if event.actor_id is not None}
        return cls(ticket, actor, events, staff, Person.of_ids(acted | technicians))

    @property
    def version(self) -> int:
        """What live compares: the counter of this face."""
        return self.ticket.staff_version if self.staff else self.ticket.owner_version

    @property
    def topic(self) -> str:
        """The live topic of this face."""
        return f"ticket:{self.ticket.id.hex}:{'staff' if self.staff else 'owner'}"

    @property
    def title(self) -> str:
        """What it is called."""
        return title(self.ticket)

    @property
    def place(self) -> str:
        """The room or the common part."""
        return place_words(self.ticket)

    @property
    def address(self) -> str:
        """The home, or that it is a common part."""
        return address(self.ticket, staff=self.staff)

    @property
    def cover(self) -> Cover:
        """What the warranty said when it was reported."""
        return covered(self.ticket)

    @property
    def topics(self) -> list[str]:
        """What a page of the ticket listens to: the ticket, and the reader's own bell."""
        return [self.topic, f"person:{self.actor.person_id.hex}"] if self.actor.person_id else [self.topic]

    @property
    def reads_words(self) -> bool:
        """Whether this grant reads what people wrote; the administrator's does not."""
        return self.actor.may(P.TICKET_READ_WORDS)

    @property
    def signed(self) -> Signed | None:
        """The owner's signature and scores; None before, and for those who do not read what people wrote."""
        accepted = [row for row in self.ticket.confirmations if row.accepted] if self.reads_words else []
        return Signed.of(accepted[-1]) if accepted else None

    @property
    def verbs(self) -> list[str]:
        """The buttons."""
        return self.ticket.verbs_for(self.actor)

    @property
    def stages(self) -> list[Stage]:
        """The tracker."""
        return stages(self.ticket, self.events, staff=self.staff)

    @property
    def technician(self) -> Technician | None:
        """Who comes."""
        return technician(self.ticket, staff=self.staff)
