"""Discussed: messages between both sides, and the staff's own notes, which never reach the owner."""

from __future__ import annotations

from portal.models.accounts.permissions import P
from portal.models.actor import Actor
from portal.models.errors import Denied
from portal.models.events import KINDS, Event, record, refuse_repetition
from portal.models.repairs.part import TicketPart
from portal.models.repairs.states import MESSAGE, NOTE
from portal.models.talk import Audience, Message


class Discussed(TicketPart):
    """Gives a ticket its conversation. Speaking changes no state, so it carries no version and is never too late."""

    def say(self, text: str, by: Actor) -> Event:
        """Write to the other side; raises Refused for an empty or too long text."""
        return self._speak(text, by, Audience.BOTH, MESSAGE, P.TICKET_MESSAGE)

    def note(self, text: str, by: Actor) -> Event:
        """Write to the staff only."""
        return self._speak(text, by, Audience.STAFF, NOTE, P.NOTE_WRITE)

    def _speak(self, text: str, by: Actor, audience: Audience, kind: str, permission: P) -> Event:
        if not by.may(permission):
            raise Denied
        refuse_repetition(by)
        self.hold()
        message = Message.say(self.id, text, audience, self.subject, by)
        event = record(by, kind, self, message=message.id.hex)
        self.changed(owner_sees=KINDS[kind].owner_sees)
        return event
