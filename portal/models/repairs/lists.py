"""The staff's lists: named views over the tickets a grant reaches, paged by key over plain indexed columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import selectinload

from portal import clock
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.errors import N_
from portal.models.repairs.reach import within
from portal.models.repairs.states import State
from portal.models.repairs.ticket import Ticket

PAGE = 50
MOST_COUNTED = 1000
# A page's key counts microseconds in whole numbers: as a float of seconds they would not come back exactly.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ListView:
    """A named list. ``newest`` ones run backwards in time; the others by the nearest promise."""

    code: str
    words: str
    condition: Callable[[Actor], ColumnElement[bool]]
    newest: bool = False


def _state(*states: State) -> Callable[[Actor], ColumnElement[bool]]:
    return lambda _actor: and_(Ticket.is_open.is_(True), Ticket.state.in_(states))


VIEWS: dict[str, ListView] = {
    view.code: view
    for view in (
        ListView("open", N_("全部未完"), lambda _actor: Ticket.is_open.is_(True)),
        ListView("new", N_("等受理"), _state(State.SUBMITTED)),
        ListView("dispatch", N_("等派工"), _state(State.ACKNOWLEDGED, State.REWORK)),
        ListView("check", N_("等质检"), _state(State.WORK_DONE)),
        ListView(
            "late",
            N_("已超时"),
            lambda _actor: and_(
                Ticket.is_open.is_(True), Ticket.state != State.AWAITING_OWNER, Ticket.next_due_at < clock.now()
            ),
        ),
        ListView("owner", N_("等业主"), _state(State.AWAITING_OWNER)),
        ListView("done", N_("已结束"), lambda _actor: Ticket.is_open.is_(False), newest=True),
    )
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list and the key of the next one, or None."""

    tickets: Sequence[Ticket]
    after: str | None


def page(actor: Actor, view: ListView, after: str | None = None) -> Page:
    """Up to 50 tickets of a view, behind the key ``after``; a key that is nonsense begins at the top."""
    column = Ticket.updated_at if view.newest else Ticket.next_due_at
    found = select(Ticket).where(view.condition(actor), _behind(column, _key(after), view.newest))
    found = within(found, Ticket, actor)
    order = (column.desc(), Ticket.id.desc()) if view.newest else (column.asc(), Ticket.id.asc())
    rows = db.session.scalars(found.options(selectinload(Ticket.assignments)).order_by(*order).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    return Page(shown, _key_of(shown[-1], view) if len(rows) > PAGE else None)


def counts(actor: Actor) -> dict[str, int]:
    """How many each view holds, counted up to 1,001 so that the cost does not grow with the table."""
    return {view.code: _count(actor, view) for view in VIEWS.values() if not view.newest}


def _count(actor: Actor, view: ListView) -> int:
    some = within(select(Ticket.id).where(view.condition(actor)), Ticket, actor).limit(MOST_COUNTED + 1)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _behind(column: Any, key: tuple[datetime, UUID] | None, newest: bool) -> ColumnElement[bool]:
    if key is None:
        return true()
    at, row_id = key
    if newest:
        return or_(column < at, and_(column == at, Ticket.id < row_id))
    return or_(column > at, and_(column == at, Ticket.id > row_id))


def _key_of(ticket: Ticket, view: ListView) -> str | None:
    at = ticket.updated_at if view.newest else ticket.next_due_at
    return f"{(at - EPOCH) // MICROSECOND}-{ticket.id.hex}" if at else None


def _key(text: str | None) -> tuple[datetime, UUID] | None:
    micros, _, row_id = (text or "").partition("-")
    try:
        return EPOCH + int(micros) * MICROSECOND, UUID(row_id)
    except (ValueError, OverflowError):
        return None
