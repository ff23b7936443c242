"""Who looked at a person's data, for that person, and the proof of each line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, tuple_

from portal import clock
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.customers.finding import FOUND
from portal.models.customers.look import REVEALED
from portal.models.errors import N_, NotReached
from portal.models.events import Event
from portal.models.privacy.checkpoints import AuditCheckpoint, beginning
from portal.models.privacy.rows import row_holds
from portal.models.repairs import Ticket
from portal.models.repairs.reach import reached
from portal.vault import ChainError, ring, signed_note
from portal.vault.chain import START, event_hash, instant_text

PAGE = 20
LOOKS = (REVEALED, FOUND)


class Proof(StrEnum):
    """What can be said of one line."""

    WHOLE = "whole"
    SIGNED_LATER = "signed_later"
    WAITING = "waiting"
    DROPPED = "dropped"
    BROKEN = "broken"


PROOF_WORDS: dict[str, str] = {
    Proof.WHOLE: N_("这一条没有被改过"),
    Proof.SIGNED_LATER: N_("这一条没有被改过，还没有签名"),
    Proof.WAITING: N_("这一条刚刚记下，正在编号"),
    Proof.DROPPED: N_("这一条已过保存期，不能再核对"),
    Proof.BROKEN: N_("这一条和记录链对不上"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the chain as it was found. ``n`` and ``h`` are None before it is numbered, ``previous`` is h(n-1).

    ``signed_n`` and ``signed_at`` are of the next checkpoint, as far as which the chain was followed.
    """

    event: Event
    proof: Proof
    previous: bytes = START
    signed_n: int | None = None
    signed_at: datetime | None = None

    @property
    def digest(self) -> bytes:
        """SHA-256 of the line's bytes."""
        return sha256(self.event.json).digest()

    @property
    def stated(self) -> bool:
        """Whether there is something to sign."""
        return self.proof in (Proof.WHOLE, Proof.SIGNED_LATER)

    def statement(self) -> str:
        """A signed note that the line stands at its number: n, h(n-1), h(n), SHA-256 of its bytes, and the time.

        Raises NotReached for a line that cannot be vouched for.
        """
        if not self.stated or self.event.n is None or self.event.h is None:
            raise NotReached
        encoded = (signed_note.to_base64(raw) for raw in (self.previous, bytes(self.event.h), self.digest))
        lines = (f"anju/{ring().installation.hex}/line", str(self.event.n), *encoded, instant_text(clock.now()))
        return signed_note.sign("".join(f"{line}\n" for line in lines), ring().secret("audit"))


def looks_at(actor: Actor, before: Event | None = None) -> Sequence[Event]:
    """The looks at the actor's own data, newest first, at most 21; those before a given one."""
    found = _mine(actor)
    if before is not None:
        found = found.where(tuple_(Event.at, Event.id) < tuple_(before.at, before.id))
    return db.session.scalars(found.order_by(Event.at.desc(), Event.id.desc()).limit(PAGE + 1)).all()


def looks_since(actor: Actor, moment: datetime) -> int:
    """How many there were since a moment."""
    return db.session.scalar(select(func.count()).select_from(_mine(actor).where(Event.at >= moment).subquery())) or 0


def look_of(actor: Actor, event_id: UUID) -> Event:
    """One of them; raises NotReached for a look at anybody else."""
    found = db.session.scalar(_mine(actor).where(Event.id == event_id))
    if found is None:
        raise NotReached
    return found


def proved(event: Event) -> Line:
    """Compute the line's hash and the chain from it to the next signed checkpoint."""
    if event.n is None:
        return Line(event, Proof.WAITING)
    start = beginning()
    if start is not None and event.n <= start.n:
        return Line(event, Proof.DROPPED)
    previous = _hash_before(event.n, start)
    if previous is None or event_hash(previous, event.json) != event.h or not row_holds(event):
        return Line(event, Proof.BROKEN)
    signed = db.session.scalar(
        select(AuditCheckpoint).where(AuditCheckpoint.n >= event.n).order_by(AuditCheckpoint.n).limit(1)
    )
    if signed is None:
        return Line(event, Proof.SIGNED_LATER, previous)
    proof = Proof.WHOLE if _leads(event, signed) else Proof.BROKEN
    return Line(event, proof, previous, signed.n, signed.at)


def _mine(actor: Actor) -> Select[Event]:
    """Looks at the person, and at the caller of a ticket of theirs that names no other person."""
    tickets = select(Ticket.id).where(reached(Ticket, actor), Ticket.reporter_id.is_(None))
    about_me = and_(Event.about_noun == "person", Event.about_id == actor.person_id)
    about_ticket = and_(Event.about_noun == Ticket.event_noun, Event.about_id.in_(tickets))
    return select(Event).where(Event.kind.in_(LOOKS), or_(about_me, about_ticket))


def _hash_before(number: int, start: AuditCheckpoint | None) -> bytes | None:
    if number == 1:
        return START
    if start is not None and number == start.n + 1:
        return bytes(start.head)
    return db.session.scalar(select(Event.h).where(Event.n == number - 1))


def _leads(event: Event, signed: AuditCheckpoint) -> bool:
    """Whether the chain goes on from the event to the head that was signed."""
    assert event.n is not None
    number, head = event.n, bytes(event.h or START)
    rows = select(Event.n, Event.json).where(Event.n > event.n, Event.n <= signed.n).order_by(Event.n)
    for row in db.session.execute(rows):
        number += 1
        head = event_hash(head, row.json)
        if row.n != number:
            return False
    try:
        signed.read().confirm(number, head)
    except ChainError:
        return False
    return True
