"""What happened, told from the events: the timeline of both faces, and the conversation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from json import loads
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from portal.models.accounts import Person
from portal.models.accounts.names import family_name
from portal.models.accounts.permissions import OWNER_SIDE, ROLE_WORDS, WORKERS, Role
from portal.models.base import db
from portal.models.errors import N_
from portal.models.events import Event
from portal.models.files import Attachment
from portal.models.masking import mask_name
from portal.models.repairs import Confirmation, Ticket, states
from portal.models.repairs.confirmable import REASON_WORDS
from portal.models.repairs.withdrawable import WITHDRAW_WORDS
from portal.models.talk import Audience, Message
from portal.web import kept
from portal.web.erased import gone, somebody, words
from portal.web.filters import window
from portal.web.i18n import listed, said
from portal.web.tickets import TicketView

OWNER_TITLES: dict[str, str] = {
    states.REPORTED: N_("%(who)s提交了报修"),
    states.ACKNOWLEDGED: N_("客服已受理"),
    states.BOOKED: N_("已约%(who)s上门"),
    states.STARTED: N_("%(who)s开始维修"),
    states.PROGRESSED: N_("%(who)s报告进展"),
    states.FINISHED: N_("%(who)s完工，等质检"),
    states.CHECKED: N_("质检通过，请您验收"),
    states.SENT_BACK: N_("质检后继续维修"),
    states.ACCEPTED: N_("%(who)s确认已修好"),
    states.REJECTED: N_("%(who)s说还没修好"),
    states.WITHDRAWN: N_("%(who)s撤销了报修"),
}
STAFF_TITLES = OWNER_TITLES | {
    states.ACKNOWLEDGED: N_("%(who)s受理"),
    states.BOOKED: N_("派给%(technician)s"),
    states.CHECKED: N_("%(who)s质检通过"),
    states.SENT_BACK: N_("%(who)s质检退回"),
    states.NOTE: N_("内部：%(who)s"),
}
TONES = {states.REPORTED: "plain", states.REJECTED: "late", states.WITHDRAWN: "plain", states.SENT_BACK: "wait"}
HIDDEN_NOTES = frozenset({states.SENT_BACK})  # the reason of a failed check is between colleagues


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of the strip."""

    url: str
    thumbnail_url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline; ``kind`` is the event's."""

    kind: str
    title: str
    tone: str
    at: datetime
    text: str = ""
    photos: list[Photo] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the conversation; ``mine`` is said by this reader's side."""

    who: str
    at: datetime
    text: str
    mine: bool
    internal: bool = False


def story(view: TicketView) -> list[Entry]:
    """The timeline, newest first. Messages have a place of their own and are left out."""
    titles = STAFF_TITLES if view.staff else OWNER_TITLES
    told = [event for event in view.events if event.kind in titles and event.kind != states.NOTE]
    pictures = Attachment.of_events([event.id for event in told])
    return [_entry(view, event, titles, pictures.get(event.id, [])) for event in reversed(told)]


def newest(entries: list[Entry], kind: str) -> Entry | None:
    """The last time something of a kind happened."""
    return next((entry for entry in entries if entry.kind == kind), None)


def thread(view: TicketView) -> list[Line]:
    """The conversation, oldest first."""
    return [_line(view, message) for message in Message.thread(view.ticket.id, staff=view.staff)]


def _entry(view: TicketView, event: Event, titles: dict[str, str], pictures: list[Attachment]) -> Entry:
    who = person_words(view, event.actor_id, event.role)
    technician = ""
    fields = event.fields
    if event.kind == states.BOOKED:
        technician = person_words(view, UUID(fields["technician"]), Role.TECHNICIAN)
    title = said(titles[event.kind], who=who if event.kind != states.BOOKED else technician, technician=technician)
    photos = [_photo(view, picture, number) for number, picture in enumerate(pictures, 1)] if view.reads_words else []
    return Entry(event.kind, title, TONES.get(event.kind, "go"), event.at, _text(view, event), photos)


def _text(view: TicketView, event: Event) -> str:
    fields = event.fields
    if event.kind == states.BOOKED:
        return window(datetime.fromisoformat(fields["window_start"]), datetime.fromisoformat(fields["window_end"]))
    if event.kind == states.WITHDRAWN:
        return said(WITHDRAW_WORDS[fields["reason"]])
    note = _note(view, event)
    if event.kind != states.REJECTED:
        return note
    if isinstance(note, Markup):  # the words for what was erased
        note = words()
    reasons = listed(said(REASON_WORDS[reason]) for reason in fields["reasons"].split(","))
    return gettext("%(reasons)s：%(words)s", reasons=reasons, words=note) if note else reasons


def _note(view: TicketView, event: Event) -> str:
    if not view.reads_words or (event.kind in HIDDEN_NOTES and not view.staff):
        return ""
    if event.kind == states.REPORTED:
        return kept.personal(Ticket.words, view.ticket)
    if event.kind in (states.ACCEPTED, states.REJECTED):
        answer = next((row for row in view.ticket.confirmations if row.id.hex == event.fields["confirmation"]), None)
        return kept.personal(Confirmation.comment, answer) if answer else ""
    return kept.personal(Event.note, event) if "sealed" in loads(event.json) else ""


def _photo(view: TicketView, picture: Attachment, number: int) -> Photo:
    face = "staff" if view.staff else "owner"
    ticket = view.ticket.number
    return Photo(
        url_for(f"{face}.repairs.photos.show", number=ticket, photo_id=picture.id),
        url_for(f"{face}.repairs.photos.thumbnail", number=ticket, photo_id=picture.id),
        gettext("照片 %(number)s", number=number),
    )


def _line(view: TicketView, message: Message) -> Line:
    household = message.author_role in OWNER_SIDE
    who = person_words(view, message.author_id, message.author_role)
    text = kept.personal(Message.text, message) if view.reads_words else gettext("无权查看")
    return Line(who, message.at, text, household != view.staff, message.audience == Audience.STAFF)


def person_words(view: TicketView, person_id: UUID | None, role: str) -> str:
    """A person as the reader may know them.

    Owners: themselves as 您, their household by role, a technician by family name, other staff by role.
    Staff: colleagues by name, the household masked.
    """
    if person_id is None:
        return said(ROLE_WORDS["system"])
    person = view.people.get(person_id) or db.session.get(Person, person_id)
    if role in OWNER_SIDE:
        if view.staff:
            return _called(person, role, mask_name) or said(ROLE_WORDS[role])
        return gettext("您") if person_id == view.actor.person_id else said(ROLE_WORDS[role])
    if view.staff:
        return _called(person, role, str)
    if role in WORKERS:
        technician = person is not None and not gone(person)
        return gettext("%(name)s师傅", name=_called(person, role, family_name)) if technician else somebody(role)
    return gettext("客服")


def _called(person: Person | None, role: str, how: Callable[[str], str]) -> str:
    return kept.personal(Person.name, person, how, lambda: somebody(role)) if person is not None else ""
