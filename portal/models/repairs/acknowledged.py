"""Acknowledged: the first human answer."""

from __future__ import annotations

from portal.models.actor import Actor
from portal.models.events import Event
from portal.models.repairs.part import TicketPart


class Acknowledged(TicketPart):
    """Gives a ticket the desk's first verb."""

    def acknowledge(self, by: Actor, *, version: int | None = None) -> Event:
        """Take the report on: the response clock ends and the visit clock begins."""
        return self.move("acknowledge", by, version=version)
