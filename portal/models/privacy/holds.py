"""What speaks against an erasure: found in the data, or put down by somebody who knows of a tax or legal duty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.models.accounts import Account, Grant
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.catalogue import WarrantyTerm
from portal.models.errors import N_
from portal.models.fields import SealedGroup, SealedRow, sealed_column
from portal.models.property import Party, Relation, Tenure
from portal.models.property.warranty import Status, verdict
from portal.models.property.warranty_band import CLASS_WORDS
from portal.models.repairs import Ticket
from portal.models.scoping import by_rule


class HoldKind(StrEnum):
    """Why data must stay for now."""

    UNFINISHED = "unfinished"
    WARRANTY = "warranty"
    EMPLOYED = "employed"
    DISPUTE = "dispute"
    TAX = "tax"


class ErasureHold(SealedRow, Identified, Model):
    """One put down by hand. What was written with it is sealed under the person whom it is about."""

    __tablename__ = "erasure_hold"

    erasure_id: Mapped[UUID] = mapped_column(Id, ForeignKey("erasure.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    placed_at: Mapped[datetime] = mapped_column(Instant)
    placed_by_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_by_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    words_sealed: Mapped[bytes | None] = sealed_column()

    words_group = SealedGroup("erasure_hold.words", "words_sealed", ("words",))
    words = words_group.field("words")


def _unfinished(person_id: UUID) -> bool:
    """A repair is open: at their home, reported by them, or theirs to do."""
    homes = select(Party.tenure_id).where(Party.person_id == person_id)
    theirs = or_(Ticket.tenure_id.in_(homes), Ticket.reporter_id == person_id, Ticket.technician_id == person_id)
    found = by_rule(select(Ticket.id).where(Ticket.is_open, theirs).limit(1), "what an erasure waits for")
    return db.session.scalar(found) is not None


def _warranty(person_id: UUID) -> bool:
    """They are the only owner of a home whose warranty runs by the calendar: somebody must be there to claim it.

    What is covered for the building's design life goes with the home and needs nobody's name.
    """
    return any(_only_owner(tenure, person_id) and _covered(tenure) for tenure in Tenure.of_person(person_id))


def _only_owner(tenure: Tenure, person_id: UUID) -> bool:
    return {party.person_id for party in tenure.parties if party.relation == Relation.OWNER} <= {person_id}


def _covered(tenure: Tenure) -> bool:
    terms, handover = WarrantyTerm.of_owners(), tenure.home.handed_over_on
    answers = [verdict(kind, terms, handover, clock.today()) for kind in CLASS_WORDS]
    return any(
        answer.status == Status.NOT_STARTED or (answer.status == Status.COVERED and answer.until is not None)
        for answer in answers
    )


def _employed(person_id: UUID) -> bool:
    """They hold a role: work is handed over and the role ended first."""
    account = db.session.scalar(select(Account.id).where(Account.person_id == person_id))
    return account is not None and bool(Grant.of_account(account))


@dataclass(frozen=True, slots=True)
class HoldRule:
    """``words`` say why, ``ends`` when it is over. ``found`` looks in the data; None where people put it down."""

    words: str
    ends: str
    found: Callable[[UUID], bool] | None = None


HOLDS: dict[str, HoldRule] = {
    HoldKind.UNFINISHED: HoldRule(N_("有没完成的报修"), N_("报修完成或撤销以后"), _unfinished),
    HoldKind.WARRANTY: HoldRule(
        N_("房屋还在保修期内，没有另一位业主"), N_("保修期满、房屋过户，或有另一位业主以后"), _warranty
    ),
    HoldKind.EMPLOYED: HoldRule(N_("还在岗，工作没有交接"), N_("交接工作、停用岗位以后"), _employed),
    HoldKind.DISPUTE: HoldRule(N_("有没了结的争议或投诉"), N_("争议了结以后")),
    HoldKind.TAX: HoldRule(N_("税务和会计凭证，法律要求保存"), N_("法定保存期满以后")),
}
BY_HAND: dict[str, str] = {kind: rule.words for kind, rule in HOLDS.items() if rule.found is None}


def found_holds(person_id: UUID) -> list[str]:
    """The kinds that the data itself speaks of today."""
    return [kind for kind, rule in HOLDS.items() if rule.found is not None and rule.found(person_id)]


def placed_holds(erasure_id: UUID) -> Sequence[ErasureHold]:
    """Those put down by hand and not lifted, oldest first."""
    found = select(ErasureHold).where(ErasureHold.erasure_id == erasure_id, ErasureHold.lifted_at.is_(None))
    return db.session.scalars(found.order_by(ErasureHold.id)).all()
