"""The one append-only record of what was done: timeline, notices, audit and live all read it.

A row keeps its canonical JSON as the very bytes that the audit chain will hash; the columns beside it are copies for
looking up. Personal text never stands in the JSON: it is the sealed ``note`` of the row, bound by a salted digest.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from json import loads
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.errors import Repeated
from portal.models.fields import SealedGroup, SealedRow, sealed_column
from portal.models.queue import later
from portal.vault import Subject
from portal.vault.chain import canonical_json, instant_text, note_digest


@dataclass(frozen=True, slots=True)
class Kind:
    """A declared kind of event: its exact fields, whether the owner's side may see it, and whether people are told."""

    name: str
    fields: frozenset[str]
    owner_sees: bool
    told: bool


KINDS: dict[str, Kind] = {}


def declare(name: str, fields: Iterable[str] = (), *, owner_sees: bool = True, told: bool = False) -> str:
    """Declare a kind of event with its exact field names; returns the name.

    ``told`` kinds are handed to the notices by a job after the commit.
    """
    if name in KINDS:
        raise ValueError(f"{name} is declared already")
    KINDS[name] = Kind(name, frozenset(fields), owner_sees, told)
    return name


NOT_WHOLE = declare("audit.not_whole", ("state", "n", "reason"), owner_sees=False, told=True)


class About(Protocol):
    """A row that events are about. ``event_noun`` names its kind, such as ``ticket``."""

    @property
    def id(self) -> Any:
        """The row's UUID."""

    @property
    def event_noun(self) -> Any:
        """The kind of row."""

    @property
    def development_id(self) -> Any:
        """The development it belongs to; None where it belongs to none."""


class Event(SealedRow, Identified, Model):
    """Something that was done. Never changed after its transaction; n and h are set by the sequencer."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_about", "about_noun", "about_id", "at"),
        Index("ix_event_actor", "actor_id", "at"),
        Index("ix_event_development", "development_id", "kind", "at"),
        Index("ix_event_waiting", "at", "id", sqlite_where=text("n IS NULL"), postgresql_where=text("n IS NULL")),
    )

    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(String(64))
    about_noun: Mapped[str] = mapped_column(String(32))
    about_id: Mapped[UUID | None] = mapped_column(Id)
    development_id: Mapped[UUID | None] = mapped_column(Id)
    actor_id: Mapped[UUID | None] = mapped_column(Id)
    role: Mapped[str] = mapped_column(String(32))
    owner_sees: Mapped[bool] = mapped_column(default=False)
    once: Mapped[UUID | None] = mapped_column(Id, unique=True)
    json: Mapped[bytes] = mapped_column(LargeBinary)
    n: Mapped[int | None] = mapped_column(unique=True)
    h: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    note_sealed: Mapped[bytes | None] = sealed_column()

    note_group = SealedGroup("event.note", "note_sealed", ("text", "salt"))
    note = note_group.field("text")
    salt = note_group.field("salt")

    @property
    def fields(self) -> dict[str, Any]:
        """The declared fields of this event, read back from its bytes."""
        found: dict[str, Any] = loads(self.json)["fields"]
        return found


def stamp(moment: datetime) -> str:
    """A moment (aware, of any zone) as events write it: UTC, six digits, ``2026-11-21T08:00:00.000000Z``."""
    return instant_text(moment)


def record(
    by: Actor,
    kind: str,
    about: About,
    *,
    note: str | None = None,
    subject: Subject | None = None,
    **fields: str | int | bool | None,
) -> Event:
    """Append an event to the caller's transaction.

    ``fields`` must be exactly those the kind declares; values are codes, ids, numbers and times, never a person's
    words. ``note`` is personal text: it is sealed under ``subject``. Raises Repeated when ``by.once`` has been recorded
    before.
    """
    declared = KINDS[kind]
    if set(fields) != declared.fields:
        raise ValueError(f"{kind} takes {sorted(declared.fields)}, not {sorted(fields)}")
    refuse_repetition(by)
    event = Event(
        at=clock.now(),
        kind=kind,
        about_noun=about.event_noun,
        about_id=about.id,
        development_id=about.development_id,
        actor_id=by.person_id,
        role=by.role,
        owner_sees=declared.owner_sees,
        once=by.once,
    )
    sealed = _note(event, note, subject)
    event.json = canonical_json(_body(event, by, fields) | sealed)
    db.session.add(event)
    if declared.told:
        later("notices.fan_out", event=event.id.hex)
    return event


def refuse_repetition(by: Actor) -> None:
    """Raise Repeated when the form that ``by`` is handling has been acted on before, or is being acted on right now.

    The second of two waits until the first has committed: on SQLite before its transaction, on PostgreSQL here.
    """
    if by.once is None:
        return
    if db.session.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(by.once.bytes[8:], signed=True)
        db.session.execute(select(func.pg_advisory_xact_lock(key)))
    earlier = db.session.scalar(select(Event).where(Event.once == by.once))
    if earlier is not None and earlier.about_id is not None:
        raise Repeated(earlier.about_id)


def history(about: About, *, staff: bool) -> Sequence[Event]:
    """The events about a row, oldest first; only those the owner's side may see unless ``staff``."""
    found = select(Event).where(Event.about_noun == about.event_noun, Event.about_id == about.id)
    found = found if staff else found.where(Event.owner_sees.is_(True))
    return db.session.scalars(found.order_by(Event.at, Event.id)).all()


def _body(event: Event, by: Actor, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": event.id.hex,
        "at": stamp(event.at),
        "kind": event.kind,
        "about": [event.about_noun, event.about_id.hex if event.about_id else None],
        "development": event.development_id.hex if event.development_id else None,
        "actor": by.person_id.hex if by.person_id else None,
        "role": by.role,
        "behalf": by.on_behalf_of.hex if by.on_behalf_of else None,
        "channel": by.channel.value,
        "request": by.request_id,
        "fields": fields,
    }


def _note(event: Event, note: str | None, subject: Subject | None) -> dict[str, str]:
    if note is None:
        event.sealed_subject = None
        return {}
    if subject is None:
        raise ValueError("a note needs the subject whose key seals it")
    event.sealed_subject = subject
    event.note = note
    event.salt = os.urandom(32).hex()
    return {"sealed": note_digest({"text": note, "salt": event.salt})}
