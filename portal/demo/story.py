"""How a repair may go: the states, the verbs that lead from one to the next, and who may say them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.demo.reading import SceneError


class State(StrEnum):
    """Where a repair stands."""

    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    JOB_BOOKED = "job_booked"
    IN_WORK = "in_work"
    WORK_DONE = "work_done"
    AWAITING_OWNER = "awaiting_owner"
    REWORK = "rework"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """How a repair ended."""

    FIXED = "fixed"
    WITHDRAWN = "withdrawn"


OUTCOMES = {State.ACCEPTED: Outcome.FIXED, State.WITHDRAWN: Outcome.WITHDRAWN}
REJECT_REASONS = frozenset({"not_fixed", "came_back", "new_damage", "untidy", "other"})
WITHDRAW_REASONS = frozenset({"solved", "mistake", "later", "other"})

HOUSEHOLD = frozenset({"owner", "co_owner"})
CHECKERS = frozenset({"dispatcher", "manager"})
STAFF = CHECKERS | {"service_agent", "technician"}


@dataclass(frozen=True, slots=True)
class Verb:
    """One step of the life: from which states, to which (None: it stays), said by which roles."""

    sources: frozenset[State]
    to: State | None
    roles: frozenset[str]


def _verb(sources: Iterable[State], to: State | None, roles: Iterable[str]) -> Verb:
    return Verb(frozenset(sources), to, frozenset(roles))


VERBS: dict[str, Verb] = {
    "acknowledge": _verb({State.SUBMITTED}, State.ACKNOWLEDGED, CHECKERS | {"service_agent"}),
    "book": _verb({State.ACKNOWLEDGED, State.JOB_BOOKED, State.REWORK}, State.JOB_BOOKED, CHECKERS),
    "start": _verb({State.JOB_BOOKED}, State.IN_WORK, {"technician"}),
    "post_progress": _verb({State.IN_WORK}, None, {"technician"}),
    "finish": _verb({State.IN_WORK}, State.WORK_DONE, {"technician"}),
    "pass_check": _verb({State.WORK_DONE}, State.AWAITING_OWNER, CHECKERS),
    "send_back": _verb({State.WORK_DONE}, State.IN_WORK, CHECKERS),
    "accept": _verb({State.AWAITING_OWNER}, State.ACCEPTED, HOUSEHOLD),
    "reject": _verb({State.AWAITING_OWNER}, State.REWORK, HOUSEHOLD),
    "withdraw": _verb({State.SUBMITTED, State.ACKNOWLEDGED, State.JOB_BOOKED}, State.WITHDRAWN, HOUSEHOLD),
    "message": _verb(State, None, STAFF | HOUSEHOLD),
    "note": _verb(State, None, STAFF),
}


def follow(state: State, verb: str, role: str) -> State:
    """The state after a verb; raises SceneError when it cannot be said now or not by this role."""
    known = VERBS.get(verb)
    if known is None:
        raise SceneError(f"no verb {verb}")
    if state not in known.sources:
        raise SceneError(f"{verb} does not start from {state}")
    if role not in known.roles or (verb == "book" and state is State.REWORK and role != "manager"):
        raise SceneError(f"{verb} from {state} is not for a {role}")
    return known.to or state
