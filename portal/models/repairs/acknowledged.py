"""Acknowledged: the first human answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.models.actor import Actor
from portal.models.events import Event

if TYPE_CHECKING:
    from portal.models.repairs.ticket import Ticket


class Acknowledged:
    """Gives a ticket the desk's first verb."""

    def acknowledge(self: Ticket, by: Actor, *, version: int | None = None) -> Event:
        """Take the report on: the response clock ends and the visit clock begins."""
        return self.move("acknowledge", by, version=version)
