"""Subjects whose time is over: households that moved out long ago, closed cases, people without any tie left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from portal import clock
from portal.models.accounts import Account, Grant, Person, Session
from portal.models.base import db
from portal.models.catalogue import WarrantyTerm
from portal.models.privacy.ending import end_subjects
from portal.models.privacy.ends import Due, ids_of
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.retention_run import OPEN_MATTER, WARRANTY
from portal.models.property import Home, Party, Tenure
from portal.models.property.warranty import verdict
from portal.models.property.warranty_band import CLASS_WORDS
from portal.models.repairs.ticket import Ticket
from portal.vault import Subject, SubjectKind, ring


class Subjects:
    """Subjects of a kind, found by the ids of their rows. Those erased already are passed over."""

    kind: SubjectKind

    def due(self, before: datetime, after: UUID | None, most: int) -> Due:
        """Those that were over before a moment, and why some of them are kept."""
        looked_at = self.over(before, after, most)
        erased = {subject.id for subject in ring().erased(map(self._subject, looked_at))}
        ids = [one for one in looked_at if one not in erased]
        return Due(ids, looked_at[-1] if looked_at else None, self.held(ids))

    def end(self, ids: Sequence[UUID], run: UUID) -> None:
        """Their keys are destroyed, and what the keys had sealed goes."""
        end_subjects([*map(self._subject, ids)], run)

    def over(self, before: datetime, after: UUID | None, most: int) -> Sequence[UUID]:
        """Up to ``most`` ids beyond ``after`` of those that were over before a moment."""
        raise NotImplementedError

    def held(self, ids: Sequence[UUID]) -> dict[UUID, str]:
        """Which of them are kept, and why."""
        return {}

    def _subject(self, found: UUID) -> Subject:
        return Subject(self.kind, found)


class Tenures(Subjects):
    """What was said about a home during a tenure: over years after its end, when no dated warranty runs any more."""

    kind = SubjectKind.TENURE

    def over(self, before: datetime, after: UUID | None, most: int) -> Sequence[UUID]:
        """Tenures that ended."""
        return ids_of(Tenure.id, Tenure.ended_on < before.astimezone(clock.SHANGHAI).date(), after, most)

    def held(self, ids: Sequence[UUID]) -> dict[UUID, str]:
        """Those of a home under warranty, and those with an open ticket."""
        return _under_warranty(ids) | _with_open_tickets(ids) | _asked_for(ids)


class Cases(Subjects):
    """What was said about a common part or by a caller of no household: over years after the ticket's last change."""

    kind = SubjectKind.CASE

    def over(self, before: datetime, after: UUID | None, most: int) -> Sequence[UUID]:
        """Closed tickets without a tenure."""
        closed = Ticket.tenure_id.is_(None) & Ticket.is_open.is_(False) & (Ticket.updated_at < before)
        return ids_of(Ticket.id, closed, after, most)


class Contacts(Subjects):
    """A person: over years after the last home, role, matter and use of the account, or after being added for none."""

    kind = SubjectKind.PERSON

    def over(self, before: datetime, after: UUID | None, most: int) -> Sequence[UUID]:
        """Persons without a tie since then."""
        return ids_of(Person.id, (Person.id < _id_at(before)) & ~or_(*_ties(before)), after, most)

    def held(self, ids: Sequence[UUID]) -> dict[UUID, str]:
        """Those whose own request for erasure is being handled: it may be held, and it ends with a receipt."""
        asked = select(Erasure.person_id).where(Erasure.person_id.in_(ids), Erasure.is_open.is_(True))
        return dict.fromkeys(db.session.scalars(asked), OPEN_MATTER) if ids else {}


def _under_warranty(tenures: Sequence[UUID]) -> dict[UUID, str]:
    found = select(Tenure.id, Home.handed_over_on).join(Home, Tenure.home_id == Home.id).where(Tenure.id.in_(tenures))
    terms, today = WarrantyTerm.of_owners(), clock.today()
    handed_over = db.session.execute(found).all() if tenures else ()
    return {id_: WARRANTY for id_, handover in handed_over if last_covered(terms, handover, today) >= today}


def last_covered(terms: Sequence[WarrantyTerm], handover: date | None, today: date) -> date:
    """The last day any dated term covers in a home; a design life and a maker's card have no date."""
    answers = [verdict(name, terms, handover, today) for name in CLASS_WORDS]
    return max((answer.until for answer in answers if answer.until is not None), default=date.min)


def _with_open_tickets(tenures: Sequence[UUID]) -> dict[UUID, str]:
    found = select(Ticket.tenure_id).where(Ticket.tenure_id.in_(tenures), Ticket.is_open.is_(True)).distinct()
    return {id_: OPEN_MATTER for id_ in db.session.scalars(found) if id_ is not None} if tenures else {}


def _asked_for(tenures: Sequence[UUID]) -> dict[UUID, str]:
    """Those of a person whose own request for erasure is being handled."""
    found = select(Party.tenure_id).join(Erasure, Erasure.person_id == Party.person_id)
    asked = found.where(Party.tenure_id.in_(tenures), Erasure.is_open.is_(True)).distinct()
    return dict.fromkeys(db.session.scalars(asked), OPEN_MATTER) if tenures else {}


def _ties(before: datetime) -> list[ColumnElement[bool]]:
    """What ties a person to the portal, or did since a moment."""
    home = select(Party.id).join(Tenure).where(Party.person_id == Person.id)
    role = select(Grant.id).join(Account, Grant.account_id == Account.id).where(Account.person_id == Person.id)
    seen = select(Session.id).join(Account, Session.account_id == Account.id).where(Account.person_id == Person.id)
    told = select(Ticket.id).where(Ticket.reporter_id == Person.id)
    return [
        exists(home.where(_since(Tenure.ended_on, before.astimezone(clock.SHANGHAI).date()))),
        exists(role.where(_since(Grant.until, before))),
        exists(seen.where(Session.seen_at >= before)),
        exists(told.where(Ticket.is_open.is_(True) | (Ticket.updated_at >= before))),
    ]


def _since(column: Any, moment: object) -> ColumnElement[bool]:
    return or_(column.is_(None), column >= moment)


def _id_at(moment: datetime) -> UUID:
    """The lowest id that a row made at a moment can have: ids begin with their millisecond."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
