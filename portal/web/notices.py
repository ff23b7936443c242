"""The bell and the page of notices, alike on both faces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from portal.models.actor import Actor
from portal.models.notices import Notice
from portal.web.i18n import said


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as it is listed."""

    words: str
    url: str
    at: datetime
    unread: bool


def lines(actor: Actor, *, staff: bool) -> list[Line]:
    """The newest notices of the actor on a face."""
    endpoint = "staff.repairs.tickets.show" if staff else "owner.repairs.tickets.show"
    found = Notice.of_person(actor.person_id, staff=staff) if actor.person_id else ()
    return [
        Line(said(row.text, number=row.number), url_for(endpoint, number=row.number), row.made_at, row.read_at is None)
        for row in found
    ]
