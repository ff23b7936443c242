"""The first thing on an owner's page: a time. What happens next, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext, ngettext

from portal import clock
from portal.models.catalogue import ServiceLimit
from portal.models.repairs import State, Ticket
from portal.models.repairs.states import REPAIR, REPLY, RESPONSE, VISIT
from portal.web import kept
from portal.web.clocks import ClockView, Tone
from portal.web.filters import day, hours, moment, span_words, which_day
from portal.web.tickets import clock_of, technician


@dataclass(frozen=True, slots=True)
class Promise:
    """``lead`` introduces ``hero``, the time itself; ``left`` is how long until then, introduced by ``left_lead``.
    ``until`` is the moment that ``hero`` says, where it is one.

    ``kept_by`` and ``clock`` are the promise behind it, with its bar. ``tone`` is the live block's: late once ``hero``
    has passed, wait while the owner is asked, plain when there is nothing to come.
    """

    lead: str
    hero: str
    left_lead: str = ""
    left: str = ""
    until: datetime | None = None
    kept_by: str = ""
    clock: ClockView | None = None
    tone: Tone = "go"


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
    if not kept.passed(start):
        return _with_repair(ticket, lead, hours(start, end), gettext("距上门还有"), _distance(start))
    if kept.passed(end):
        return _with_repair(ticket, lead, hours(start, end), gettext("已经晚了，对不起"), _distance(end), "late")
    return _with_repair(ticket, lead, hours(start, end))


def _in_work(ticket: Ticket) -> Promise:
    who = technician(ticket, staff=False)
    lead = gettext("%(who)s正在维修，修好不晚于", who=who.name) if who else gettext("正在维修，修好不晚于")
    return _by_clock(ticket, REPAIR, lead)


def _work_done(ticket: Ticket) -> Promise:
    return _with_repair(ticket, gettext("已经修好"), gettext("正在质检"))


def _awaiting(ticket: Ticket) -> Promise:
    run = ticket.clock_named(REPLY)
    until = gettext("请在 %(day)s前告诉我们修好了没有", day=day(run.due_at)) if run else ""
    return Promise(gettext("现在轮到您"), gettext("验收签字"), kept_by=until, tone="wait")


def _rework(ticket: Ticket) -> Promise:
    return _by_clock(ticket, VISIT, gettext("抱歉没修好，再次上门不晚于"))


def _accepted(ticket: Ticket) -> Promise:
    return Promise(gettext("已经修好，您已确认"), day(_last(ticket, REPLY)), tone="plain")


def _withdrawn(ticket: Ticket) -> Promise:
    return Promise(gettext("这次报修已撤销"), day(_last(ticket, REPAIR)), tone="plain")


def _last(ticket: Ticket, name: str) -> datetime:
    """When the clock that a last step ends has ended: messages may come after that."""
    run = ticket.clock_named(name)
    return run.ended_at if run is not None and run.ended_at is not None else ticket.updated_at


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
    tone: Tone = "late" if view.overdue else "go"
    said = _with_repair(ticket, lead, moment(run.due_at), label, _distance(run.due_at), tone)
    return replace(said, until=run.due_at)


def _with_repair(
    ticket: Ticket, lead: str, hero: str, left_lead: str = "", left: str = "", tone: Tone = "go"
) -> Promise:
    run = ticket.clock_named(REPAIR)
    if run is None:
        return Promise(lead, hero, left_lead, left, tone=tone)
    words, view = gettext("承诺 %(moment)s 前修好", moment=moment(run.due_at, inside=True)), clock_of(run)
    return Promise(lead, hero, left_lead, left, None, words, view, "late" if view.overdue else tone)


def _distance(due: datetime) -> str:
    words: str = kept.fresh(lambda: span_words((due - clock.now()).total_seconds()))
    return words


# How a limit's unit is said; an hour of the office's own time and one of everybody's are told apart.
_LIMITS: dict[tuple[str, str], Callable[[int], str]] = {
    ("min", "calendar"): lambda count: ngettext("%(num)s 分钟", "%(num)s 分钟", count),
    ("h", "calendar"): lambda count: ngettext("%(num)s 小时", "%(num)s 小时", count),
    ("calendar_day", "calendar"): lambda count: ngettext("%(num)s 天", "%(num)s 天", count),
    ("min", "working"): lambda count: ngettext("%(num)s 个工作分钟", "%(num)s 个工作分钟", count),
    ("h", "working"): lambda count: ngettext("%(num)s 个工作小时", "%(num)s 个工作小时", count),
    ("working_day", "working"): lambda count: ngettext("%(num)s 个工作日", "%(num)s 个工作日", count),
}


def limit_words(limit: ServiceLimit) -> str:
    """A limit as people say it: 30 分钟, 2 小时, 3 个工作日. Raises KeyError for one that counts no time."""
    return _LIMITS[limit.unit, limit.clock](limit.amount or 0)
