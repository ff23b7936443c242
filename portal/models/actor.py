"""Who does something: built once per request, job or command, and passed to every verb as ``by``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Reach(StrEnum):
    """How far a grant reaches: one's own things, those of one's team, or all of the scope."""

    OWN = "own"
    TEAM = "team"
    ALL = "all"


class Channel(StrEnum):
    """The way something came in."""

    PORTAL = "portal"
    PHONE = "phone"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting under exactly one grant, or the system.

    ``person_id`` is None for nobody (before sign-in) and for the system. ``role`` is the role's code.
    ``development_id`` is the scope of a staff grant (None: owners, whose reach is their tenures, and the system).
    ``buildings`` limit that scope to some buildings (empty: all of them); ``team`` is whose things count beside
    one's own where the reach is a team's. ``until`` is when the grant in use ends. ``grant_id`` is the grant itself.
    ``once`` is the idempotency key of the form that is being handled.
    """

    person_id: UUID | None = None
    account_id: UUID | None = None
    role: str = "nobody"
    permissions: frozenset[str] = frozenset()
    reach: Reach = Reach.OWN
    development_id: UUID | None = None
    grant_id: UUID | None = None
    buildings: frozenset[UUID] = frozenset()
    team: str | None = None
    until: datetime | None = None
    on_behalf_of: UUID | None = None
    channel: Channel = Channel.PORTAL
    request_id: str = ""
    once: UUID | None = field(default=None, compare=False)

    def may(self, permission: str) -> bool:
        """Whether the grant in use carries the permission."""
        return permission in self.permissions

    def covers(self, development_id: UUID | None, building_id: UUID | None) -> bool:
        """Whether a place lies in the scope of a staff grant; what stands in no building is only for the whole."""
        there = self.development_id is not None and self.development_id == development_id
        return there and (not self.buildings or building_id in self.buildings)

    def with_once(self, key: UUID | None) -> Actor:
        """The same actor handling a form that carries this idempotency key."""
        return replace(self, once=key)


SYSTEM = Actor(role="system", reach=Reach.ALL, channel=Channel.SYSTEM)
NOBODY = Actor()
