"""A look: a personal value shown in plain to somebody of the staff, recorded before it is shown."""

from __future__ import annotations

from enum import StrEnum

from portal.models.accounts import P
from portal.models.actor import Actor
from portal.models.errors import Denied, N_, Refused
from portal.models.events import About, Event, declare, record, refuse_repetition

REVEALED = declare("person.revealed", ("what", "reason", "ticket"), owner_sees=False)


class LookReason(StrEnum):
    """Why somebody needs the plain value."""

    ARRANGE_VISIT = "arrange_visit"
    RETURN_CALL = "return_call"
    VERIFY_IDENTITY = "verify_identity"


LOOK_WORDS: dict[str, str] = {
    LookReason.ARRANGE_VISIT: N_("联系上门"),
    LookReason.RETURN_CALL: N_("回访"),
    LookReason.VERIFY_IDENTITY: N_("核对身份"),
}


def look(about: About, what: str, reason: str, ticket: str, by: Actor) -> Event:
    """Record that ``what`` of a person (or of a ticket's unknown caller) is about to be shown to ``by``.

    ``ticket`` is the number at hand. Raises Denied without the right, Refused without one of the reasons.
    """
    if not by.may(P.PERSON_REVEAL):
        raise Denied
    if reason not in LOOK_WORDS:
        raise Refused(N_("请选择查看的原因"), "reason")
    refuse_repetition(by)
    return record(by, REVEALED, about, what=what, reason=reason, ticket=ticket)
