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
    found = Notice.of_person(actor.person_id, staff=staff) if actor.person_id else ()
    return [Line(said(row.text, number=row.number), _address(row), row.made_at, row.read_at is None) for row in found]


def _address(row: Notice) -> str:
    if not row.number:
        return url_for("staff.privacy.chain.show")
    return url_for("staff.repairs.tickets.show" if row.staff else "owner.repairs.tickets.show", number=row.number)
