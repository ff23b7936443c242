"""The person behind a ticket, masked, as the staff see them."""

from __future__ import annotations

from dataclasses import dataclass

from portal.models.accounts import P
from portal.models.masking import mask_name, mask_phone
from portal.web.tickets import TicketView


@dataclass(frozen=True, slots=True)
class Contact:
    """Masked values; ``may_reveal`` says whether this grant may ask for the phone in plain now."""

    name: str
    phone: str
    caller_name: str
    caller_phone: str
    may_reveal: bool


def contact(view: TicketView) -> Contact:
    """The contact of a ticket; empty words where nobody is known."""
    ticket, person = view.ticket, view.ticket.reporter
    allowed = view.actor.may(P.PERSON_REVEAL) and person is not None and ticket.may_reveal(view.actor)
    return Contact(
        mask_name(person.name or "") if person else "",
        mask_phone(person.phone or "") if person else "",
        mask_name(ticket.caller_name or ""),
        mask_phone(ticket.caller_phone or ""),
        allowed,
    )
