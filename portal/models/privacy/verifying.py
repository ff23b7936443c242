"""Walking the whole chain: is it whole, and if not, where does it break?

Hashes the kept bytes, compares the columns beside them, and compares the way's heads with what was signed. Lean on
purpose: a million events in seconds, so rows are plain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from time import monotonic
from typing import Any

from sqlalchemy import Connection, func, select

from portal import extensions
from portal.models.base import columns, db
from portal.models.events import Event
from portal.models.privacy.checkpoints import AuditCheckpoint, beginning, read_note
from portal.models.privacy.rows import numbered, says
from portal.models.privacy.signed import Broken, Signed, Why
from portal.vault import ChainError
from portal.vault.chain import START
from portal.vault.checkpoint import Checkpoint

ROWS = 2000
Told = Callable[[int, int], None]


class State(StrEnum):
    """What can be said of the chain."""

    WHOLE = "whole"
    WAITING = "waiting"
    BROKEN = "broken"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``first`` and ``last`` are the numbers of the kept events; ``place`` is where it breaks or, of a truncated chain,
    what a checkpoint names. ``waiting`` events have no number yet. ``compared`` checkpoints agreed. ``back`` is what
    the last restore signed when it set the chain back."""

    state: State
    first: int
    last: int
    head: bytes
    place: int | None = None
    reason: str = ""
    waiting: int = 0
    compared: int = 0
    seconds: float = 0.0
    back: Checkpoint | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong: events that wait are none that are lost."""
        return self.state in (State.WHOLE, State.WAITING)


@dataclass(slots=True)
class Walk:
    """How far a verifier has come. ``signed`` maps a number to the heads that notes name there; ``back`` is what the
    last restore signed."""

    number: int = 0
    head: bytes = START
    signed: dict[int, set[bytes]] = field(default_factory=dict)
    compared: int = 0
    back: Checkpoint | None = None

    def take(self, rows: Iterable[Any]) -> None:
        """Follow the next rows. Raises Broken."""
        number, head, signed = self.number, self.head, self.signed
        for n, kept, event, *beside in rows:
            number += 1
            if n != number:
                raise Broken(number, Why.MISSING)
            head = sha256(b"anju/v1/event" + head + event).digest()
            if head != kept:
                raise Broken(number, Why.CHANGED)
            if not says(event, beside):
                raise Broken(number, Why.BESIDE)
            if number in signed:
                self._confirm(number, head)
        self.number, self.head = number, head

    def begin(self, number: int, head: bytes) -> None:
        """Begin after an event whose number and hash were signed."""
        self.number, self.head = number, head
        if number in self.signed:
            self._confirm(number, head)

    def _confirm(self, number: int, head: bytes) -> None:
        if self.signed[number] != {head}:
            raise Broken(number, Why.REWRITTEN)
        self.compared += 1


def verify(told: Told | None = None, *, outside: bool = True, start: str = "") -> Verdict:
    """Walk the chain and say what can be said of it; ``told(done, total)`` hears of every batch.

    ``outside`` also reads the notes of the places that can be asked. ``start`` is a signed note to begin after, instead
    of where the chain begins. Raises ChainError for one that is not ours, NotKept for a place that cannot be read.
    Reads only, in short transactions of its own: the caller has none under way.
    """
    began, walk = monotonic(), Walk()
    given = read_note(start) if start else None
    with extensions.reading(), db.engine.connect() as connection:
        first, place, why = 0, None, ""
        try:
            _open(walk, given, outside=outside)
            first = walk.number + 1
            db.session.rollback()
            _walk(connection, walk, told)
        except Broken as broken:
            place, why = broken.place, broken.why.value
        finally:
            db.session.rollback()
        waits = _waiting(connection)
    state = State.BROKEN if place is not None else State.WAITING if waits else State.WHOLE
    ahead = max(walk.signed, default=0)
    if state != State.BROKEN and ahead > walk.number:
        state, place = State.TRUNCATED, ahead
    last = walk.number
    return Verdict(state, first, last, walk.head, place, why, waits, walk.compared, monotonic() - began, walk.back)


def _open(walk: Walk, given: Checkpoint | None, *, outside: bool) -> None:
    """Learn what was signed, and begin where the chain does, or where a note was given for."""
    signed = Signed.found(outside=outside)
    walk.signed, walk.back = signed.heads, signed.back.newest
    opened = beginning()
    if opened is not None:
        _confirm_beginning(opened)
        walk.begin(opened.n, bytes(opened.head))
    if given is not None:
        if signed.back.takes(given):
            raise ChainError("a restore set the chain back since it was signed; use a later one")
        _begin_given(walk, given)


def _walk(connection: Connection, walk: Walk, told: Told | None) -> None:
    begun = walk.number
    total = max((connection.scalar(select(func.max(columns(Event).n))) or 0) - begun, 0)
    while True:
        rows = numbered(connection, walk.number, ROWS)
        connection.rollback()  # no transaction stays open: a chain only grows, and the log of the embedded database too
        walk.take(rows)
        if told is not None:
            told(walk.number - begun, max(total, walk.number - begun))
        if len(rows) < ROWS:
            return


def _confirm_beginning(opened: AuditCheckpoint) -> None:
    try:
        opened.confirm_beginning()
    except ChainError:
        raise Broken(opened.n, Why.FORGED) from None


def _begin_given(walk: Walk, given: Checkpoint) -> None:
    """Begin after the event a note names, which must be there as it was signed; a chain that is shorter is left be."""
    event = columns(Event)
    kept = db.session.scalar(select(event.h).where(event.n == given.count))
    if kept == given.head:
        walk.begin(given.count, given.head)
    elif kept is not None:
        raise Broken(given.count, Why.REWRITTEN)
    else:
        walk.signed.setdefault(given.count, set()).add(given.head)


def _waiting(connection: Connection) -> int:
    return connection.scalar(select(func.count()).where(columns(Event).n.is_(None))) or 0
