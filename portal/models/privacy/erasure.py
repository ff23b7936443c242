"""A request for erasure. The base list is the contents page: one adjective a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, LargeBinary, String, Text, false, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.accounts import P, Person
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.errors import NotReached, Stale
from portal.models.events import KINDS, Event, record, refuse_repetition
from portal.models.fields import SealedGroup, SealedRow, sealed_column
from portal.models.privacy.askable import Askable
from portal.models.privacy.decidable import Decidable
from portal.models.privacy.holdable import Holdable
from portal.models.privacy.receipted import Receipted
from portal.models.privacy.states import FLOW, OPEN, State
from portal.models.signals import touch
from portal.vault import Subject, SubjectKind

RUNNING = text("is_open")


class Erasure(Askable, Holdable, Decidable, Receipted, SealedRow, Identified, Model):
    """One person's request to be forgotten, from the asking to the receipt; at most one of a person is open.

    What the person and the staff write about it is sealed under the person and goes with them; the row stays.
    ``moves`` counts the steps, and forms carry it. ``hands`` are all who must not approve.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        Index("ix_erasure_list", "development_id", "is_open", "requested_at"),
        Index("uq_erasure_open", "person_id", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
    )
    event_noun = "erasure"

    development_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("development.id"))
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"), index=True)
    filed_by_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(24), default=State.REQUESTED.value)
    is_open: Mapped[bool] = mapped_column(default=True)
    method: Mapped[str | None] = mapped_column(String(16))
    refusal: Mapped[str | None] = mapped_column(String(16))
    requested_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_by_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    cleared_by_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    decided_by_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    moves: Mapped[int] = mapped_column(default=0)
    receipt: Mapped[str | None] = mapped_column(Text)
    unreadable_from: Mapped[datetime | None] = mapped_column(Instant)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
    words_sealed: Mapped[bytes | None] = sealed_column()

    words_group = SealedGroup("erasure.words", "words_sealed", ("reason", "refusal_words", "token"))
    reason = words_group.field("reason")
    refusal_words = words_group.field("refusal_words")
    token = words_group.field("token")

    person: Mapped[Person] = relationship(Person, foreign_keys=[person_id])

    @classmethod
    def reached_by(cls, actor: Actor, number: str) -> Erasure:
        """The request with this number if the actor's grant reaches it; raises NotReached for every other."""
        found = db.session.scalar(select(cls).where(cls.number == number, _reached(cls, actor)))
        if found is None:
            raise NotReached
        return found

    @classmethod
    def listed(cls, actor: Actor, limit: int = 200) -> Sequence[Erasure]:
        """What the actor's grant reaches, open ones first, then the newest."""
        found = select(cls).where(_reached(cls, actor)).order_by(cls.is_open.desc(), cls.requested_at.desc(), cls.id)
        return db.session.scalars(found.limit(limit)).all()

    @classmethod
    def newest_of(cls, person_id: UUID) -> Erasure | None:
        """The last request of a person; None where they never asked."""
        found = select(cls).where(cls.person_id == person_id).order_by(cls.id.desc())
        return db.session.scalars(found.limit(1)).first()

    @property
    def subject(self) -> Subject:
        """Whose key seals what is written about it."""
        return Subject(SubjectKind.PERSON, self.person_id)

    @property
    def hands(self) -> frozenset[UUID | None]:
        """The person, and whoever filed, confirmed or checked."""
        return frozenset((self.person_id, self.filed_by_id, self.confirmed_by_id, self.cleared_by_id))

    def verbs_for(self, actor: Actor) -> list[str]:
        """What the actor may do with it now."""
        return FLOW.verbs_for(self, actor)

    def move(self, verb: str, by: Actor, *, version: int | None, note: str | None = None, **fields: Any) -> Event:
        """Take one step of the table: check, change, record. ``version`` is the one the form was made from.

        Raises Repeated, Denied, WrongState or Stale before anything changes.
        """
        self.ready(verb, by, version)
        step = FLOW[verb]
        self.state, self.is_open, self.moves = step.to, step.to in OPEN, self.moves + 1
        return self.tell(step.event, by, note=note, **fields)

    def ready(self, verb: str, by: Actor, version: int | None) -> None:
        """Raise when the verb cannot be done. Of two at once the second waits here and sees the first's step."""
        refuse_repetition(by)
        db.session.flush()
        db.session.refresh(self, with_for_update=True)
        FLOW[verb].check(self, by)
        if version is not None and version != self.moves:
            raise Stale

    def tell(self, kind: str, by: Actor, *, note: str | None = None, **fields: Any) -> Event:
        """Record what was done, and have the person's open screens look."""
        touch(f"person:{self.person_id.hex}")
        fields = {name: value for name, value in fields.items() if name in KINDS[kind].fields}
        named = {"number": self.number, "person": self.person_id.hex}
        return record(by, kind, self, note=note, subject=self.subject if note else None, **named, **fields)


def _reached(erasure: Any, actor: Actor) -> ColumnElement[bool]:
    """The staff of a development see its people's requests, and those of people who belong nowhere.

    A person reads their own by ``newest_of``.
    """
    if actor.development_id is None or not actor.may(P.ERASURE_VIEW):
        return false()
    return or_(erasure.development_id == actor.development_id, erasure.development_id.is_(None))
