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
    return [Line(said(row.text, number=row.number), url_of(row), row.made_at, row.read_at is None) for row in found]


def url_of(notice: Notice) -> str:
    """The page a notice leads to, on its face: a person has one request for erasure, the staff many."""
    if notice.about == "account":
        return url_for("owner.accounts.devices")
    if notice.about == "chain":
        return url_for("staff.privacy.chain.show")
    if notice.about == "erasures" and not notice.staff:
        return url_for("owner.privacy.erasures.show")
    page = "privacy.erasures.show" if notice.about == "erasures" else "repairs.tickets.show"
    return url_for(f"{'staff' if notice.staff else 'owner'}.{page}", number=notice.number)
