"""What a page says about its live topics: names that are signed for this session, and tags of pieces."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal import clock
from portal.web.guard import current_session

SALT = "portal.live"
LASTS_SECONDS = 12 * 3600


def sign(topics: Sequence[str]) -> str:
    """The topics of a page, signed for the session that reads it; a page only signs what it has reached."""
    return _serializer().dumps([current_session().id.hex, *topics])


def read(signed: str) -> tuple[UUID, list[str]] | None:
    """The session and the topics behind a signature; None when it is not ours or over 12 hours old."""
    try:
        session_hex, *topics = _serializer().loads(signed, max_age=LASTS_SECONDS)
        return UUID(session_hex), topics
    except (BadSignature, ValueError, TypeError):
        return None


def tag(version: int) -> str:
    """The tag of a live piece: its version, and the minute, because countdowns are worded anew every minute."""
    return f"{version}.{int(clock.now().timestamp()) // 60}"


def _serializer() -> URLSafeTimedSerializer:
    secret = current_app.config["SECRET_KEY"]
    return URLSafeTimedSerializer(secret, salt=SALT)
