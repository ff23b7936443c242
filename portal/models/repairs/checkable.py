"""Checkable: the quality check before the owner is asked. Never by anybody who worked on the ticket."""

from __future__ import annotations

from portal.models.actor import Actor
from portal.models.errors import N_, Refused
from portal.models.events import Event
from portal.models.repairs.part import TicketPart


class Checkable(TicketPart):
    """Gives a ticket the verbs of the dispatcher or manager who checks the work."""

    def pass_check(self, by: Actor, *, version: int | None = None) -> Event:
        """The work is good; the owner is asked to confirm, with 7 days to answer."""
        return self.move("pass_check", by, version=version)

    def send_back(self, words: str, by: Actor, *, version: int | None = None) -> Event:
        """The work is not good; it goes back to the technician. Raises Refused without a reason (staff only)."""
        words = words.strip()
        if not 0 < len(words) <= 2000:
            raise Refused(N_("写明哪里要重做（2000 字以内）"), "words")
        return self.move("send_back", by, version=version, note=words)
