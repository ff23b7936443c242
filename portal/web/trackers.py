"""The tracker of a repair: the windows that light up one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.models.errors import N_
from portal.models.events import Event
from portal.models.repairs import State, Ticket, states
from portal.web.filters import brief
from portal.web.i18n import said

STAGES = (State.SUBMITTED, State.ACKNOWLEDGED, State.JOB_BOOKED, State.IN_WORK, State.AWAITING_OWNER, State.ACCEPTED)
# What a stage is reached by, and the states that stand between two stages.
REACHED_BY = {
    State.SUBMITTED: states.REPORTED,
    State.ACKNOWLEDGED: states.ACKNOWLEDGED,
    State.JOB_BOOKED: states.BOOKED,
    State.IN_WORK: states.STARTED,
    State.AWAITING_OWNER: states.CHECKED,
    State.ACCEPTED: states.ACCEPTED,
}
STANDS_AT = {State.WORK_DONE: State.IN_WORK, State.REWORK: State.JOB_BOOKED}
STAGE_WORDS: dict[str, str] = {State.ACCEPTED: N_("完成"), State.REWORK: N_("再次安排"), State.WORK_DONE: N_("质检中")}
PASSED_WORDS: dict[str, str] = {State.IN_WORK: N_("已维修"), State.AWAITING_OWNER: N_("已确认")}


@dataclass(frozen=True, slots=True)
class Stage:
    """A window of the tracker; ``state`` is done, now or todo."""

    label: str
    state: str
    when: str


def stages(ticket: Ticket, events: list[Event], *, staff: bool) -> list[Stage]:
    """The tracker: what is done with its time, what is going on, what is still to come."""
    words = states.STAFF_WORDS if staff else states.OWNER_WORDS
    if ticket.state == State.WITHDRAWN:
        first = Stage(said(words[State.SUBMITTED]), "done", brief(ticket.submitted_at))
        return [first, Stage(said(words[State.WITHDRAWN]), "now", brief(ticket.updated_at))]
    state = State(ticket.state)
    present = STAGES.index(STANDS_AT.get(state, state))
    last = {event.kind: event.at for event in events}
    return [_stage(ticket, index, present, words, last) for index in range(len(STAGES))]


def _stage(ticket: Ticket, index: int, present: int, words: dict[str, str], last: dict[str, datetime]) -> Stage:
    stage = STAGES[index]
    named = State(ticket.state) if index == present else stage
    label = said(STAGE_WORDS.get(named, words[named]))
    if index > present:
        return Stage(label, "todo", "")
    at = last.get(REACHED_BY[stage]) if named == stage else None
    when = brief(at) if at else ""
    if index < present:
        return Stage(said(PASSED_WORDS.get(stage, words[stage])), "done", when)
    return Stage(label, "done" if ticket.state == State.ACCEPTED else "now", when)
