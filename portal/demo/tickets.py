"""Repairs as told: the scripts of tickets.toml, and the scenes they become at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.demo.moments import Window
from portal.demo.reading import SceneError, Table
from portal.demo.story import OUTCOMES, Outcome, State


@dataclass(frozen=True, slots=True)
class Ratings:
    """What an owner gives when signing, each from 1 to 5."""

    quality: int
    speed: int
    manner: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. ``by`` is a key of the cast or of a household; ``at`` is UTC.

    ``words`` are shown to the owner, except those of ``note`` and ``send_back``. A ``book`` has technician and visit,
    an ``accept`` ratings (it is signed with the name of ``by``), a ``reject`` reasons, a ``withdraw`` one reason.
    """

    verb: str
    by: str
    at: datetime
    words: str = ""
    photos: tuple[str, ...] = ()
    technician: str | None = None
    visit: Window | None = None
    ratings: Ratings | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketScene:
    """A repair with its history, oldest step first; every moment is UTC and none lies after the ``now`` asked for.

    Either ``home`` and ``space`` or ``part`` and ``building`` say where. ``filed_by`` is the desk that wrote down a
    call, ``caller`` who called when it was not the reporter. ``preferred`` are half-days, ``2026-11-24/am``; photos are
    ``kind:seed``. The grounds belong to no building.
    """

    key: str
    home: str | None
    space: str | None
    part: str | None
    building: str | None
    defect: str
    reporter: str
    filed_by: str | None
    caller: str | None
    at: datetime
    words: str
    photos: tuple[str, ...]
    preferred: tuple[str, ...]
    call_first: bool
    state: State
    steps: tuple[Step, ...]

    @property
    def channel(self) -> str:
        """How it came in."""
        return "phone" if self.filed_by else "portal"

    @property
    def outcome(self) -> Outcome | None:
        """How it ended, None while it is open."""
        return OUTCOMES.get(self.state)


@dataclass(frozen=True, slots=True)
class StepScript:
    """A step before its time is known: ``at`` and ``visit`` are texts of portal/demo/moments.py."""

    verb: str
    by: str | None
    at: str
    words: str
    photos: tuple[str, ...]
    technician: str | None
    visit: str | None
    ratings: Ratings | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TicketScript:
    """A hand-written repair before its times are known. ``reporter`` may be ``owner``: whoever owns the home."""

    key: str
    home: str | None
    space: str | None
    part: str | None
    building: str | None
    defect: str
    reporter: str
    filed_by: str | None
    caller: str | None
    at: str
    words: str
    photos: tuple[str, ...]
    preferred: tuple[str, ...]
    call_first: bool
    state: State
    steps: tuple[StepScript, ...]


def parse(file: Table) -> tuple[TicketScript, ...]:
    """The hand-written repairs of a file; what they refer to is checked elsewhere."""
    scripts = tuple(_ticket(table) for table in file.tables("ticket"))
    file.done()
    return scripts


def _ticket(table: Table) -> TicketScript:
    state = table.text("state")
    if state not in set(State):
        raise SceneError(f"{table.where}: no state {state}")
    script = TicketScript(
        key=table.text("key"),
        home=table.get("home", str),
        space=table.get("space", str),
        part=table.get("part", str),
        building=table.get("building", str),
        defect=table.text("defect"),
        reporter=table.text("reporter"),
        filed_by=table.get("filed_by", str),
        caller=table.get("caller", str),
        at=table.text("at"),
        words=table.text("words"),
        photos=table.texts("photos"),
        preferred=table.texts("preferred"),
        call_first=table.get("call_first", bool) is not False,
        state=State(state),
        steps=tuple(_step(each) for each in table.tables("steps")),
    )
    table.done()
    return script


def _step(table: Table) -> StepScript:
    reason = table.get("reason", str)
    step = StepScript(
        verb=table.text("verb"),
        by=table.get("by", str),
        at=table.text("at"),
        words=table.get("words", str) or "",
        photos=table.texts("photos"),
        technician=table.get("technician", str),
        visit=table.get("visit", str),
        ratings=_ratings(table),
        reasons=(reason,) if reason else table.texts("reasons"),
    )
    table.done()
    return step


def _ratings(table: Table) -> Ratings | None:
    given = table.numbers("ratings")
    if not given:
        return None
    if len(given) != 3 or not all(1 <= each <= 5 for each in given):
        raise SceneError(f"{table.where}: ratings are quality, speed and manner, each from 1 to 5")
    return Ratings(*given)
