"""Reported: how a ticket begins, by the owner's own hand or filed by the desk for somebody who called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from portal import clock
from portal.models.accounts.permissions import P
from portal.models.actor import Actor, Channel
from portal.models.base import db
from portal.models.catalogue import Category, Defect, Metric, ServiceLimit, WarrantyTerm
from portal.models.clocks import limits_for
from portal.models.errors import Denied, N_, NotReached, Refused
from portal.models.events import record, refuse_repetition
from portal.models.files import Attachment
from portal.models.numbers import next_number
from portal.models.property import Building, CommonPart, Development, Home, Tenure
from portal.models.property.warranty import Season, WarrantyVerdict, verdict
from portal.models.repairs.states import REPAIR, REPORTED, RESPONSE, State

if TYPE_CHECKING:
    from portal.models.repairs.ticket import Ticket

LONGEST = 2000
HALF_DAY = re.compile(r"\d{4}-\d{2}-\d{2}/(am|pm)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the fault is: a room of a home, or a common part (with a building, except the grounds).

    ``tenure`` is the household whose home it is or from whose side a common part is reported; None when the desk files
    a common part for a caller.
    """

    development: Development
    tenure: Tenure | None = None
    space_code: str | None = None
    common_part: CommonPart | None = None
    building: Building | None = None

    @property
    def home(self) -> Home | None:
        """The home, when the fault is inside one."""
        return self.tenure.home if self.tenure and self.common_part is None else None

    @property
    def building_id(self) -> UUID | None:
        """The building it is in; None for the grounds."""
        return self.home.entrance.building_id if self.home else self.building.id if self.building else None

    def checked(self) -> Place:
        """Itself; raises Refused when the room is not one of the home's or nothing is named at all.

        Raises NotReached when home or building lie in another development.
        """
        if any(part.development_id != self.development.id for part in (self.tenure, self.building) if part):
            raise NotReached
        if self.common_part is None:
            spaces = self.home.spaces if self.home else []
            if self.home is None or (spaces and self.space_code not in {space.code for space in spaces}):
                raise Refused(N_("请选择问题在哪里"), "place")
        return self


@dataclass(frozen=True, slots=True)
class Report:
    """What is said about the fault. ``preferred`` are half-days; caller's name and phone only when the desk files."""

    words: str
    preferred: tuple[str, ...] = ()
    call_first: bool = True
    caller_name: str = ""
    caller_phone: str = ""
    draft: UUID | None = None

    def checked(self) -> Report:
        """Itself; raises Refused for no words, too many, or times that are no half-days of the next weeks."""
        words = self.words.strip()
        if not words:
            raise Refused(N_("请说说是什么情况"), "words")
        if len(words) > LONGEST:
            raise Refused(N_("最多 2000 字，现在太长了"), "words")
        if not all(map(_is_half_day, self.preferred)):
            raise Refused(N_("请从列出的时间里选"), "preferred")
        return self


@dataclass(frozen=True, slots=True)
class Answer:
    """What the portal answers before anything is sent: how soon, and whether the warranty covers it."""

    defect: Defect
    response: ServiceLimit
    visit: ServiceLimit
    warranty: WarrantyVerdict

    @property
    def emergency(self) -> bool:
        """Whether the telephone comes first."""
        return self.defect.priority == "emergency"


def answer_for(place: Place, defect: Defect) -> Answer:
    """The promise and the verdict for a defect in a place, today."""
    limits = limits_for(defect.priority, place.development.id)
    return Answer(defect, limits[Metric.FIRST_RESPONSE], limits[Metric.ON_SITE], _verdict(place, defect))


def _verdict(place: Place, defect: Defect) -> WarrantyVerdict:
    handover = place.home.handed_over_on if place.home else place.development.completed_on
    season = Category.current(defect.category).season
    terms = WarrantyTerm.of_owners()
    return verdict(defect.warranty_class, terms, handover, clock.today(), Season(season) if season else None)


def _is_half_day(text: str) -> bool:
    if not HALF_DAY.fullmatch(text):
        return False
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return False
    return clock.today() <= day <= clock.today() + timedelta(days=30)


class Reported:
    """Gives a ticket its beginning."""

    @classmethod
    def report(cls, place: Place, defect: Defect, report: Report, by: Actor) -> Ticket:
        """Open a ticket from the portal for the actor's own household.

        Raises Denied without the right, NotReached for a foreign household, Refused for what does not fit, Repeated
        when the form was sent before.
        """
        if not by.may(P.TICKET_REPORT) or by.person_id is None:
            raise Denied
        if place.tenure is None:
            raise NotReached
        Tenure.reached_by(by, place.tenure.id)
        return _open(place, defect, report, by, by.person_id, Channel.PORTAL)

    @classmethod
    def file(cls, place: Place, defect: Defect, report: Report, by: Actor, reporter_id: UUID | None) -> Ticket:
        """Open a ticket for somebody who called; ``reporter_id`` is the person of the household it is for, if known.

        Raises Denied, NotReached outside of the scope or for somebody outside of the household, Refused without the
        caller's name, Repeated.
        """
        if not by.may(P.TICKET_FILE):
            raise Denied
        household = {party.person_id for party in place.tenure.parties} if place.tenure else set()
        if not by.covers(place.development.id, place.building_id) or (reporter_id and reporter_id not in household):
            raise NotReached
        if not report.caller_name.strip():
            raise Refused(N_("请填写来电人"), "caller_name")
        return _open(place, defect, report, by, reporter_id, Channel.PHONE)


def _open(
    place: Place, defect: Defect, report: Report, by: Actor, reporter_id: UUID | None, channel: Channel
) -> Ticket:
    from portal.models.repairs.ticket import Ticket

    refuse_repetition(by)
    place, report = place.checked(), report.checked()
    people = {"channel": channel.value, "reporter_id": reporter_id, "filed_by_id": by.person_id}
    ticket = Ticket(**_beginning(), **_where(place), **_what(place, defect), **people)
    ticket.sealed_subject = ticket.subject
    ticket.words = report.words.strip()
    ticket.caller_name = report.caller_name.strip() or None
    ticket.caller_phone = report.caller_phone.strip() or None
    ticket.preferred, ticket.call_first = list(report.preferred), report.call_first
    ticket.turn_clocks((), (RESPONSE, REPAIR))
    ticket.number = next_number("BX")
    db.session.add(ticket)
    event = record(
        by,
        REPORTED,
        ticket,
        number=ticket.number,
        channel=channel.value,
        defect=defect.code,
        defect_version=defect.version,
        priority=defect.priority,
    )
    ticket.changed(owner_sees=True)
    Attachment.attach(report.draft, ticket.id, event.id, ticket.subject, by)
    return ticket


def _beginning() -> dict[str, Any]:
    now = clock.now()
    counts = {"owner_version": 0, "staff_version": 0, "moves": 0, "round": 0}
    return counts | {"state": State.SUBMITTED.value, "is_open": True, "submitted_at": now, "updated_at": now}


def _where(place: Place) -> dict[str, Any]:
    home = place.home
    return {
        "development_id": place.development.id,
        "home_id": home.id if home else None,
        "tenure_id": place.tenure.id if home and place.tenure else None,
        "space_code": place.space_code if home else None,
        "common_part": place.common_part.value if place.common_part else None,
        "building_id": place.building.id if place.building else None,
    }


def _what(place: Place, defect: Defect) -> dict[str, Any]:
    warranty = _verdict(place, defect)
    return {
        "defect_code": defect.code,
        "defect_version": defect.version,
        "category_code": defect.category,
        "priority": defect.priority,
        "warranty_status": warranty.status.value,
        "warranty_until": warranty.until,
        "warranty_term": warranty.term_code,
        "warranty_version": warranty.version,
    }
