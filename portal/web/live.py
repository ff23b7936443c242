"""Live topics: signed for the session that reads a page, and checked again when a stream opens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal import clock
from portal.models.accounts import P
from portal.models.accounts.in_use import grant_in_use
from portal.models.actor import Actor
from portal.models.errors import NotReached
from portal.models.property.signed_in import SignedIn
from portal.models.repairs import Ticket
from portal.models.signals import version_of
from portal.web.actors import actor_for
from portal.web.guard import current_session
from portal.web.notice_owed import owed

SALT = "portal.live"
LASTS_SECONDS = 12 * 3600


def address(topics: Sequence[str]) -> str:
    """Where a page listens: its topics, signed for the session that reads it; a page only signs what it has reached."""
    return f"/live?t={_serializer().dumps([current_session().id.hex, *topics])}"


def tag(version: int) -> str:
    """The tag of a live piece: its version, and the minute, because countdowns are worded anew every minute."""
    return f"{version}.{int(clock.now().timestamp()) // 60}"


def admitted(signed: str, token: str | None) -> tuple[UUID, dict[str, int], datetime | None] | None:
    """The session of a cookie's token, the present version of each signed topic that is within its reach, and when
    the role it is let in by is over (None: not before the session).

    None when nobody is signed in, or who is has not acknowledged the privacy notice. The topics are none when the
    signature is not ours, is another session's, or is over 12 hours old.
    """
    session = SignedIn.of_token(token) if token else None
    if session is None or owed(session):
        return None
    found = {topic: _version(session, topic) for topic in _read(signed, session.id)}
    grant = grant_in_use(session.account_id, session.id) if session.staff else None
    within_reach = {topic: version for topic, version in found.items() if version is not None}
    return session.id, within_reach, grant.until if grant is not None else None


def _read(signed: str, session_id: UUID) -> Iterable[str]:
    try:
        signed_for, *topics = _serializer().loads(signed, max_age=LASTS_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return ()
    return topics if signed_for == session_id.hex else ()


def _version(session: SignedIn, topic: str) -> int | None:
    """The version of a topic that the session's person reaches now; None for any other."""
    noun, _, rest = topic.partition(":")
    name, _, face = rest.partition(":")
    actor = actor_for(session, face if noun == "ticket" else "staff" if noun == "queue" else "owner", "")
    if noun == "ticket":
        return _ticket_version(actor, name, face)
    if noun == "queue":
        mine = actor.development_id is not None and actor.development_id.hex == name and actor.may(P.TICKET_LIST)
        return version_of(topic) if mine else None
    return version_of(topic) if noun == "person" and name == session.person_id.hex else None


def _ticket_version(actor: Actor, name: str, face: str) -> int | None:
    try:
        ticket = Ticket.of_id(actor, UUID(name))
    except (NotReached, ValueError):
        return None
    return ticket.staff_version if face == "staff" else ticket.owner_version


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=SALT)
