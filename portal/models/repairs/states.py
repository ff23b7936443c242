"""The life of a repair: its states, and ONE table of what leads from one to the next.

The full life cycle (survey, plan, hold, appeal ...) adds rows here; verbs and buttons read the same rows.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from portal.models.accounts.permissions import P
from portal.models.actor import Actor
from portal.models.errors import N_
from portal.models.events import declare
from portal.models.flow import Flow, Step


class State(StrEnum):
    """Where a repair stands. ``outcome`` is apart: nothing is called closed while it is unfixed."""

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


OPEN = tuple(state for state in State if state not in (State.ACCEPTED, State.WITHDRAWN))

STAFF_WORDS: dict[str, str] = {
    State.SUBMITTED: N_("新报修"),
    State.ACKNOWLEDGED: N_("已受理"),
    State.JOB_BOOKED: N_("已约上门"),
    State.IN_WORK: N_("维修中"),
    State.WORK_DONE: N_("待质检"),
    State.AWAITING_OWNER: N_("待业主确认"),
    State.REWORK: N_("返修待派"),
    State.ACCEPTED: N_("已完成"),
    State.WITHDRAWN: N_("已撤销"),
}
OWNER_WORDS: dict[str, str] = STAFF_WORDS | {
    State.SUBMITTED: N_("已提交"),
    State.WORK_DONE: N_("已修好，质检中"),
    State.AWAITING_OWNER: N_("待您确认"),
    State.REWORK: N_("再次安排中"),
}
TONES: dict[str, str] = {
    State.SUBMITTED: "plain",
    State.ACKNOWLEDGED: "go",
    State.JOB_BOOKED: "go",
    State.IN_WORK: "go",
    State.WORK_DONE: "go",
    State.AWAITING_OWNER: "wait",
    State.REWORK: "wait",
    State.ACCEPTED: "plain",
    State.WITHDRAWN: "plain",
}

REPORTED = declare("ticket.reported", ("number", "channel", "defect", "defect_version", "priority"), told=True)
ACKNOWLEDGED = declare("ticket.acknowledged", told=True)
BOOKED = declare("ticket.booked", ("assignment", "technician", "window_start", "window_end"), told=True)
HANDED_OVER = declare("ticket.handed_over", ("assignment", "technician"), told=True)
STARTED = declare("ticket.started", told=True)
PROGRESSED = declare("ticket.progressed", ("photos",), told=True)
FINISHED = declare("ticket.finished", ("photos",), told=True)
CHECKED = declare("ticket.checked", told=True)
SENT_BACK = declare("ticket.sent_back", told=True)
ACCEPTED = declare("ticket.accepted", ("confirmation", "quality", "speed", "manner"), told=True)
REJECTED = declare("ticket.rejected", ("confirmation", "reasons", "photos"), told=True)
WITHDRAWN = declare("ticket.withdrawn", ("reason",), told=True)
MESSAGE = declare("ticket.message", ("message",), told=True)
NOTE = declare("ticket.note", ("message",), owner_sees=False)

RESPONSE, VISIT, REPAIR, REPLY = "response", "visit", "repair", "reply"
CLOCK_WORDS: dict[str, str] = {
    RESPONSE: N_("响应"),
    VISIT: N_("上门"),
    REPAIR: N_("完工"),
    REPLY: N_("业主确认"),
}


def is_worker(ticket: Any, actor: Actor) -> bool:
    """Work is recorded by the technician whose job it is now, nobody else."""
    return actor.person_id is not None and ticket.technician_id == actor.person_id


def is_no_worker(ticket: Any, actor: Actor) -> bool:
    """Whoever has worked on a ticket, in any round, does not check it."""
    return actor.person_id not in ticket.worker_ids


FLOW = Flow(
    [
        Step(
            "acknowledge",
            (State.SUBMITTED,),
            State.ACKNOWLEDGED,
            P.TICKET_ACKNOWLEDGE,
            ACKNOWLEDGED,
            N_("受理"),
            ends=(RESPONSE,),
            starts=(VISIT,),
        ),
        Step("book", (State.ACKNOWLEDGED,), State.JOB_BOOKED, P.TICKET_ASSIGN, BOOKED, N_("派工")),
        Step("rebook", (State.JOB_BOOKED,), State.JOB_BOOKED, P.TICKET_ASSIGN, BOOKED, N_("改派改时")),
        Step("book_rework", (State.REWORK,), State.JOB_BOOKED, P.TICKET_REWORK, BOOKED, N_("安排返修")),
        Step(
            "start",
            (State.JOB_BOOKED,),
            State.IN_WORK,
            P.TICKET_WORK,
            STARTED,
            N_("开始维修"),
            ends=(VISIT,),
            guard=is_worker,
        ),
        Step(
            "post_progress",
            (State.IN_WORK,),
            State.IN_WORK,
            P.TICKET_WORK,
            PROGRESSED,
            N_("发进展"),
            guard=is_worker,
        ),
        Step("finish", (State.IN_WORK,), State.WORK_DONE, P.TICKET_WORK, FINISHED, N_("登记完工"), guard=is_worker),
        Step(
            "pass_check",
            (State.WORK_DONE,),
            State.AWAITING_OWNER,
            P.TICKET_CHECK,
            CHECKED,
            N_("质检通过"),
            ends=(REPAIR,),
            starts=(REPLY,),
            guard=is_no_worker,
        ),
        Step(
            "send_back",
            (State.WORK_DONE,),
            State.IN_WORK,
            P.TICKET_CHECK,
            SENT_BACK,
            N_("退回重做"),
            guard=is_no_worker,
        ),
        Step(
            "accept",
            (State.AWAITING_OWNER,),
            State.ACCEPTED,
            P.TICKET_CONFIRM,
            ACCEPTED,
            N_("确认完成"),
            ends=(REPLY,),
            outcome=Outcome.FIXED,
        ),
        Step(
            "reject",
            (State.AWAITING_OWNER,),
            State.REWORK,
            P.TICKET_CONFIRM,
            REJECTED,
            N_("没修好，请再来"),
            ends=(REPLY,),
            starts=(VISIT, REPAIR),
        ),
        Step(
            "withdraw",
            (State.SUBMITTED, State.ACKNOWLEDGED, State.JOB_BOOKED),
            State.WITHDRAWN,
            P.TICKET_WITHDRAW,
            WITHDRAWN,
            N_("撤销报修"),
            ends=(RESPONSE, VISIT, REPAIR),
            outcome=Outcome.WITHDRAWN,
        ),
    ]
)
