"""Confirmable: the owner signs and rates, or says "still wrong" with reasons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal import clock
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model
from portal.models.errors import N_, Refused
from portal.models.events import Event
from portal.models.fields import SealedGroup, SealedRow, sealed_column
from portal.models.files import Attachment
from portal.models.repairs.part import TicketPart

WIDTH, HEIGHT = 360, 160
NUMBER = r"([0-9]{1,3}(?:\.[0-9])?)"
PATH = re.compile(rf"M{NUMBER} {NUMBER}(?:[ML]{NUMBER} {NUMBER}){{1,3999}}")
POINT = re.compile(rf"{NUMBER} {NUMBER}")
# What a fault that comes back is worth: one step up. Nothing climbs to emergency, which is danger, not annoyance.
RAISED = {"parts": "normal", "complex": "normal", "normal": "urgent"}


class Reason(StrEnum):
    """Why an owner does not accept."""

    NOT_FIXED = "not_fixed"
    CAME_BACK = "came_back"
    NEW_DAMAGE = "new_damage"
    UNTIDY = "untidy"
    OTHER = "other"


REASON_WORDS: dict[str, str] = {
    Reason.NOT_FIXED: N_("问题还在"),
    Reason.CAME_BACK: N_("好了又坏"),
    Reason.NEW_DAMAGE: N_("弄坏了别处"),
    Reason.UNTIDY: N_("没有收拾干净"),
    Reason.OTHER: N_("其他"),
}


@dataclass(frozen=True, slots=True)
class Signature:
    """A typed name or a drawn line (SVG path of absolute M and L within a 360 × 160 field): equal rights."""

    name: str = ""
    path: str = ""

    def checked(self) -> Signature:
        """Itself, trimmed; raises Refused when it is neither a name nor a line."""
        name, path = self.name.strip(), self.path.strip()
        if not name and not path:
            raise Refused(N_("请签名，或输入您的姓名"), "signature_name")
        if (name and not _is_name(name)) or (path and not _is_line(path)):
            raise Refused(N_("签名没有识别出来，请重签或输入姓名"), "signature_name")
        return Signature(name, path)


def _is_name(text: str) -> bool:
    return len(text) <= 40 and text.isprintable() and any(map(str.isalpha, text))


def _is_line(path: str) -> bool:
    """Whether something can be seen of it: at least one stroke, all on the field."""
    points = POINT.findall(path) if PATH.fullmatch(path) and "L" in path else []
    return bool(points) and all(float(x) <= WIDTH and float(y) <= HEIGHT for x, y in points)


@dataclass(frozen=True, slots=True)
class Rating:
    """Three scores from 1 (very dissatisfied) to 5 (very satisfied)."""

    quality: int
    speed: int
    manner: int

    def __post_init__(self) -> None:
        if not all(1 <= score <= 5 for score in (self.quality, self.speed, self.manner)):
            raise Refused(N_("三项都请打分，1 到 5 星"), "quality")


class Confirmation(SealedRow, Identified, Model):
    """One answer of the owner's side; a ticket has one per round."""

    __tablename__ = "confirmation"

    ticket_id: Mapped[UUID] = mapped_column(Id, ForeignKey("ticket.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    round: Mapped[int]
    accepted: Mapped[bool]
    quality: Mapped[int | None]
    speed: Mapped[int | None]
    manner: Mapped[int | None]
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    role: Mapped[str] = mapped_column(String(32))
    words_sealed: Mapped[bytes | None] = sealed_column()

    words_group = SealedGroup("confirmation.words", "words_sealed", ("comment", "signature_name", "signature_path"))
    comment = words_group.field("comment")
    signature_name = words_group.field("signature_name")
    signature_path = words_group.field("signature_path")


class Confirmable(TicketPart):
    """Gives a ticket the owner's verdict."""

    @declared_attr
    def confirmations(cls) -> Mapped[list[Confirmation]]:  # noqa: N805 - SQLAlchemy hands over the class
        return relationship(Confirmation, order_by=Confirmation.id)

    def accept(
        self, signature: Signature, rating: Rating, comment: str, by: Actor, *, version: int | None = None
    ) -> Event:
        """Sign and rate; the ticket ends as fixed."""
        signed = signature.checked()
        row = _answer(self, by, comment, accepted=True)
        row.quality, row.speed, row.manner = rating.quality, rating.speed, rating.manner
        row.signature_name, row.signature_path = signed.name or None, signed.path or None
        event = self.move(
            "accept",
            by,
            version=version,
            confirmation=row.id.hex,
            quality=rating.quality,
            speed=rating.speed,
            manner=rating.manner,
        )
        self.confirmations.append(row)
        return event

    def reject(
        self,
        reasons: list[str],
        words: str,
        by: Actor,
        *,
        draft: UUID | None = None,
        version: int | None = None,
    ) -> Event:
        """Say that it is still wrong: back to rework, one step more urgent, with clocks that start again."""
        known = [reason for reason in REASON_WORDS if reason in reasons]
        if not known or not words.strip():
            raise Refused(N_("请选原因，并说一下哪里不对"), "words" if known else "reasons")
        self.ready("reject", by, version)
        row = _answer(self, by, words, accepted=False)
        row.reasons = known
        self.priority = RAISED.get(self.priority, self.priority)
        photos = len(Attachment.of_draft(draft, by)) if draft else 0
        event = self.move(
            "reject", by, version=version, confirmation=row.id.hex, reasons=",".join(known), photos=photos
        )
        self.round += 1
        Attachment.attach(draft, self.id, event.id, self.subject, by)
        self.confirmations.append(row)
        return event


def _answer(ticket: TicketPart, by: Actor, words: str, *, accepted: bool) -> Confirmation:
    words = words.strip()
    if len(words) > 2000:
        raise Refused(N_("最多 2000 字"), "comment" if accepted else "words")
    assert by.person_id is not None  # the table lets only a household confirm
    row = Confirmation(
        ticket_id=ticket.id, person_id=by.person_id, at=clock.now(), round=ticket.round, accepted=accepted, role=by.role
    )
    row.sealed_subject = ticket.subject
    row.comment = words or None
    return row
