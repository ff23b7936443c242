"""The audit chain: every event's hash covers the one before, so a change, a gap or another order shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from portal.vault.canonical import canonical_json
from portal.vault.errors import ChainError

__all__ = ["START", "canonical_json", "event_hash", "follow", "instant_text", "note_digest"]

START = bytes(32)


def instant_text(moment: datetime) -> str:
    """How a time stands in an event: UTC, always six digits, ``2026-11-21T08:00:00.000000Z``."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def event_hash(previous: bytes, event: bytes) -> bytes:
    """h(n) from h(n-1) and the event's kept JSON bytes; h(0) is ``START``."""
    return hashlib.sha256(b"anju/v1/event" + previous + event).digest()


def note_digest(fields: Mapping[str, str]) -> str:
    """What an event keeps of its sealed note: hex of the hash over the group's JSON without padding.

    Raises ValueError unless ``salt`` is 64 lower-case hex digits: without it, a short text could be guessed.
    """
    salt = fields.get("salt", "")
    if len(salt) != 64 or not set(salt) <= set("0123456789abcdef"):
        raise ValueError("a note needs a random salt of 64 hex digits")
    return hashlib.sha256(b"anju/v1/note" + canonical_json(dict(fields))).hexdigest()


def follow(rows: Iterable[tuple[bytes, bytes]], number: int = 0, head: bytes = START) -> tuple[int, bytes]:
    """Walk rows of (kept JSON, kept hash) that follow event ``number`` with hash ``head``; the last number and hash.

    Raises ChainError at the first row whose hash is not the one computed.
    """
    for event, kept in rows:
        number += 1
        head = event_hash(head, event)
        if head != kept:
            raise ChainError(f"event {number} of the audit chain does not follow from the one before")
    return number, head
