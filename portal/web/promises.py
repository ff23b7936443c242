"""The first thing on an owner's page: a time. What happens next, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from portal import clock
from portal.models.repairs import State, Ticket
from portal.models.repairs.states import REPAIR, REPLY, RESPONSE, VISIT
from portal.web.clocks import ClockView
from portal.web.filters import day, moment, span_words, which_day, hours
from portal.web.tickets import clock_of, technician


@dataclass(frozen=True, slots=True)
class Promise:
    """``lead`` introduces ``hero``, the time itself; ``left`` is how long until then, introduced by ``left_lead``.

    ``kept_by`` and ``clock`` are the promise behind it, with its bar.
    """

    lead: str
    hero: str
    left_lead: str = ""
    left: str = ""
    kept_by: str = ""
    clock: ClockView | None = None


def promise(ticket: Ticket) -> Promise:
    """What the ticket's state promises the owner now."""
    return _PROMISES[State(ticket.state)](ticket)


def _submitted(ticket: Ticket) -> Promise:
    return _by_clock(ticket, RESPONSE, gettext("客服联系您，不晚于"))


def _acknowledged(ticket: Ticket) -> Promise:
    return _by_clock(ticket, VISIT, gettext("正在安排师傅，上门不晚于"))


def _booked(ticket: Ticket) -> Promise:
    who = technician(ticket, staff=False)
    start, end = ticket.window_start, ticket.window_end
    if who is None or start is None or end is None:
        return _acknowledged(ticket)
    lead = gettext("%(who)s%(day)s上门", who=who.name, day=which_day(start, inside=True))
    left = (start - clock.now()).total_seconds()
    if left > 0:
        return _with_repair(ticket, lead, hours(start, end), gettext("距上门还有"), span_words(left))
    return _with_repair(ticket, lead, hours(start, end), "", "")


def _in_work(ticket: Ticket) -> Promise:
    who = technician(ticket, staff=False)
    lead = gettext("%(who)s正在维修，修好不晚于", who=who.name) if who else gettext("正在维修，修好不晚于")
    return _by_clock(ticket, REPAIR, lead)


def _work_done(ticket: Ticket) -> Promise:
    return _with_repair(ticket, gettext("已经修好"), gettext("正在质检"), "", "")


def _awaiting(ticket: Ticket) -> Promise:
    run = ticket.clock_named(REPLY)
    until = gettext("请在 %(day)s 前告诉我们修好了没有", day=day(run.due_at)) if run else ""
    return Promise(gettext("现在轮到您"), gettext("验收签字"), kept_by=until)


def _rework(ticket: Ticket) -> Promise:
    return _by_clock(ticket, VISIT, gettext("抱歉没修好，再次上门不晚于"))


def _accepted(ticket: Ticket) -> Promise:
    return Promise(gettext("已经修好，您已确认"), day(ticket.updated_at))


def _withdrawn(ticket: Ticket) -> Promise:
    return Promise(gettext("您撤销了这次报修"), day(ticket.updated_at))


_PROMISES = {
    State.SUBMITTED: _submitted,
    State.ACKNOWLEDGED: _acknowledged,
    State.JOB_BOOKED: _booked,
    State.IN_WORK: _in_work,
    State.WORK_DONE: _work_done,
    State.AWAITING_OWNER: _awaiting,
    State.REWORK: _rework,
    State.ACCEPTED: _accepted,
    State.WITHDRAWN: _withdrawn,
}


def _by_clock(ticket: Ticket, name: str, lead: str) -> Promise:
    run = ticket.clock_named(name)
    if run is None:
        return Promise(lead, "")
    view = clock_of(run)
    label = gettext("已经晚了，对不起") if view.overdue else gettext("还有")
    return _with_repair(ticket, lead, moment(run.due_at), label, _distance(run.due_at))


def _with_repair(ticket: Ticket, lead: str, hero: str, left_lead: str, left: str) -> Promise:
    run = ticket.clock_named(REPAIR)
    if run is None:
        return Promise(lead, hero, left_lead, left)
    words = gettext("承诺 %(moment)s 前修好", moment=moment(run.due_at, inside=True))
    return Promise(lead, hero, left_lead, left, words, clock_of(run))


def _distance(due: datetime) -> str:
    return span_words((due - clock.now()).total_seconds())
