"""The person behind a ticket, masked, as the staff see them, and when that person has time."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from portal.models.accounts import P
from portal.models.actor import Channel
from portal.models.masking import mask_name, mask_phone
from portal.web.choices import half_day
from portal.web.erased import gone, muted
from portal.web.tickets import TicketView


@dataclass(frozen=True, slots=True)
class Contact:
    """Masked values. ``may_reveal`` says whether this grant may ask for the phone in plain now; ``waits`` that it
    may, but not before the day of the visit. ``number`` is the one that is revealed: the reporter's, else the caller's.
    ``preferred`` are the half-days that suit the owner, in words.
    """

    name: str
    phone: str
    caller_name: str
    caller_phone: str
    number: str
    may_reveal: bool
    waits: bool
    preferred: list[str]


def contact(view: TicketView) -> Contact:
    """The contact of a ticket; empty words where nobody is known, those for the erased where they are no more."""
    ticket, person = view.ticket, view.ticket.reporter
    if not view.reads_words:
        return Contact(gettext("无权查看"), "", "", "", "", False, False, [half_day(text) for text in ticket.preferred])
    number = person.phone if person else ticket.caller_phone
    allowed = view.actor.may(P.PERSON_REVEAL) and bool(number)
    now = allowed and ticket.may_reveal(view.actor)
    erased = person is not None and gone(person)
    return Contact(
        muted() if erased else mask_name(person.name or "") if person else "",
        "" if erased else mask_phone(person.phone or "") if person else "",
        muted() if gone(ticket) and ticket.channel == Channel.PHONE else mask_name(ticket.caller_name or ""),
        mask_phone(ticket.caller_phone or ""),
        "" if erased else mask_phone(number or ""),
        now,
        allowed and not now,
        [half_day(text) for text in ticket.preferred],
    )
