"""What the workbench of one ticket is made from: everything its pieces show, and the forms they carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext

from portal import clock
from portal.models.accounts import WORKERS, Grant, P
from portal.models.actor import Channel
from portal.models.catalogue import Priority
from portal.models.errors import N_
from portal.models.repairs import State, Ticket
from portal.models.repairs.states import CLOCK_WORDS, REPLY
from portal.staff.repairs.forms import AssignmentForm, MessageForm, RevealForm, SendBackForm, StepForm, WorkForm
from portal.web import live, uploads
from portal.web.clocks import ClockView
from portal.web.contacts import contact
from portal.web.erased import gone
from portal.web.filters import day
from portal.web.forms import Form, options
from portal.web.i18n import local, said
from portal.web.stories import story, thread
from portal.web.tickets import TicketView, clock_of, priority_words, state_words, tone
from portal.web.trades import trade_words

CHANNEL_WORDS: dict[str, str] = {Channel.PORTAL: N_("业主网上报修"), Channel.PHONE: N_("来电登记")}
# What an owner's half-day suggests for the first window.
HALVES = {"am": ("09:00", "11:00"), "pm": ("14:00", "16:00")}
NEXT_WORDS: dict[str, str] = {
    State.SUBMITTED: N_("等客服或调度员受理"),
    State.ACKNOWLEDGED: N_("等调度员派工"),
    State.JOB_BOOKED: N_("等%(who)s按约上门"),
    State.IN_WORK: N_("等%(who)s修好后登记完工"),
    State.WORK_DONE: N_("等质检：由没有参与维修的调度员或经理来做"),
    State.AWAITING_OWNER: N_("等业主确认，最晚 %(day)s"),
    State.REWORK: N_("等客服经理安排返修"),
    State.ACCEPTED: N_("业主已确认修好，没有下一步"),
    State.WITHDRAWN: N_("业主已撤销，没有下一步"),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """The words of the head. ``part`` is room, element and defect; ``channel`` says how the report came in."""

    title: str
    address: str
    part: str
    channel: str
    status: str
    tone: str
    priority: str
    priority_tone: str

    @classmethod
    def of(cls, view: TicketView) -> Heading:
        """The head of a ticket."""
        ticket = view.ticket
        urgent = {Priority.EMERGENCY: "late", Priority.URGENT: "wait"}
        return cls(
            view.title,
            view.address,
            gettext("·").join((view.place, local(ticket.defect, "element"), local(ticket.defect, "defect"))),
            said(CHANNEL_WORDS.get(ticket.channel, CHANNEL_WORDS[Channel.PHONE])),
            state_words(ticket, staff=True),
            tone(ticket),
            priority_words(ticket),
            urgent.get(Priority(ticket.priority), "plain"),
        )


def context(view: TicketView, refused: dict[str, Form] | None = None) -> dict[str, Any]:
    """The context of the page and of every piece; ``refused`` replaces a fresh form by one that came back."""
    ticket = view.ticket
    forms = _forms(ticket) | (refused or {})
    draft = uploads.draft_of(forms["work_form"])
    return {
        "view": view,
        "ticket": ticket,
        "heading": Heading.of(view),
        "clocks": clocks(ticket),
        "next_words": next_words(view),
        "story": story(view),
        "thread": thread(view),
        "contact": contact(view),
        "may_write": view.actor.may(P.NOTE_WRITE) and not gone(ticket),
        "live": live.address([*view.topics, f"queue:{ticket.development_id.hex}"]),
        "tag": live.tag(view.version),
        "work_upload_url": url_for("staff.repairs.photos.create", number=ticket.number, draft=draft) if draft else "",
        "work_photos": uploads.kept(draft, view.actor, "staff.repairs.photos.drafted"),
        **forms,
    }


def clocks(ticket: Ticket) -> list[tuple[str, ClockView]]:
    """The newest run of each clock with its name: response, visit, repair, reply.

    What a withdrawal has ended was neither kept nor missed: only what had ended before it is shown.
    """
    newest = {run.name: run for run in ticket.clocks}
    if ticket.state == State.WITHDRAWN:
        last = max(run.ended_at for run in ticket.clocks if run.ended_at)
        newest = {name: run for name, run in newest.items() if run.ended_at != last}
    return [(said(words), clock_of(newest[name])) for name, words in CLOCK_WORDS.items() if name in newest]


def next_words(view: TicketView) -> str:
    """Who is next, and with what."""
    who, reply = view.technician, view.ticket.clock_named(REPLY)
    name = who.name if who else gettext("师傅")
    return said(NEXT_WORDS[view.ticket.state], who=name, day=day(reply.due_at) if reply else "")


def technicians(ticket: Ticket) -> list[tuple[str, str]]:
    """Who does the work in the development, those of the right trade first: grant id, and name, badge, trade."""
    trade = ticket.defect.trade_code
    there = [grant for role in WORKERS for grant in Grant.holders(role, ticket.development_id)]
    found = sorted(there, key=lambda grant: grant.trade_code != trade)
    return [("", gettext("请选择师傅")), *((str(grant.id), _named(grant)) for grant in found)]


def _named(grant: Grant) -> str:
    name = f"{grant.account.person.name or ''} {grant.badge or ''}".strip()
    return gettext("·").join(part for part in (name, trade_words(grant.trade_code)) if part)


def _forms(ticket: Ticket) -> dict[str, Form]:
    moves = ticket.moves
    assignment = AssignmentForm(formdata=None, version=moves, **_suggested(ticket))
    assignment.technician.choices = options(technicians(ticket))
    return {
        "step_form": StepForm(formdata=None, version=moves),
        "assignment_form": assignment,
        "work_form": WorkForm(formdata=None, version=moves),
        "send_back_form": SendBackForm(formdata=None, version=moves),
        "message_form": MessageForm(formdata=None, owner_sees=True),
        "reveal_form": RevealForm(formdata=None),
    }


def _suggested(ticket: Ticket) -> dict[str, Any]:
    """What the booking form begins with: the booking in force, else the first half-day that suits the owner."""
    booked, start, end = ticket.assignment, ticket.window_start, ticket.window_end
    if ticket.state == State.JOB_BOOKED and booked and start and end:
        return {
            "technician": str(booked.grant_id),
            "day": start.astimezone(clock.SHANGHAI).date(),
            "start": _hour(start),
            "end": _hour(end),
        }
    for text in sorted(ticket.preferred):
        on, half = date.fromisoformat(text[:10]), HALVES[text[11:]]
        if on > clock.today():
            return {"day": on, "start": half[0], "end": half[1]}
    return {"day": clock.today()}


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone(clock.SHANGHAI):%H:%M}"
