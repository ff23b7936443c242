"""What every adjective of a request for erasure may rely on: its own columns, and how it takes a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from sqlalchemy.orm import Mapped

    from portal.models.accounts import Person
    from portal.models.actor import Actor
    from portal.models.events import Event
    from portal.vault import Subject


class ErasurePart:
    """The base of the adjectives. Everything here is declared by Erasure."""

    if TYPE_CHECKING:
        event_noun: str
        id: Mapped[UUID]
        development_id: Mapped[UUID | None]
        number: Mapped[str]
        person_id: Mapped[UUID]
        state: Mapped[str]
        is_open: Mapped[bool]
        method: Mapped[str | None]
        refusal: Mapped[str | None]
        requested_at: Mapped[datetime]
        ended_at: Mapped[datetime | None]
        confirmed_by_id: Mapped[UUID | None]
        cleared_by_id: Mapped[UUID | None]
        decided_by_id: Mapped[UUID | None]
        receipt: Mapped[str | None]
        unreadable_from: Mapped[datetime | None]
        token_hash: Mapped[bytes | None]
        taken_at: Mapped[datetime | None]
        refusal_words: Any
        person: Mapped[Person]

        @property
        def subject(self) -> Subject:
            """Whose key seals what is written about it."""

        def move(self, verb: str, by: Actor, *, version: int | None, note: str | None = None, **fields: Any) -> Event:
            """Take one step of the table."""

        def ready(self, verb: str, by: Actor, version: int | None) -> None:
            """Raise when the verb cannot be done."""

        def tell(self, kind: str, by: Actor, *, note: str | None = None, **fields: Any) -> Event:
            """Record what was done."""
