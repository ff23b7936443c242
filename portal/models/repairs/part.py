"""What every adjective of a ticket may rely on: the ticket's own columns, and how it takes a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from sqlalchemy.orm import Mapped

    from portal.models.accounts.person import Person
    from portal.models.actor import Actor
    from portal.models.events import Event
    from portal.vault import Subject


class TicketPart:
    """The base of the adjectives. Everything here is declared by Ticket or by another adjective."""

    if TYPE_CHECKING:
        event_noun: str
        id: Mapped[UUID]
        development_id: Mapped[UUID]
        number: Mapped[str]
        state: Mapped[str]
        priority: Mapped[str]
        round: Mapped[int]
        moves: Mapped[int]
        reporter: Mapped[Person | None]
        technician_id: Mapped[UUID | None]
        window_start: Mapped[datetime | None]
        window_end: Mapped[datetime | None]

        @property
        def in_building(self) -> UUID | None:
            """The building it is in."""

        @property
        def caller_phone(self) -> str | None:
            """The number the desk noted, opened."""

        @property
        def subject(self) -> Subject:
            """Whose key seals what is said about it."""

        def ready(self, verb: str, by: Actor, version: int | None) -> None:
            """Raise when the verb cannot be done."""

        def hold(self) -> None:
            """Keep the row until the commit."""

        def move(self, verb: str, by: Actor, *, version: int | None, note: str | None = None, **fields: Any) -> Event:
            """Take one step of the table."""

        def changed(self, *, owner_sees: bool) -> None:
            """Count the versions up."""
