"""Counters that run out by themselves, in memory or in a Valkey: where the limiter counts, guesses are counted too."""

from __future__ import annotations

from typing import Protocol

from limits.storage import storage_from_string


class Counters(Protocol):
    """Whole numbers by name; a name that was never counted, or has run out, is 0."""

    def get(self, key: str) -> int:
        """The number now."""

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to it and give the new number; from the first time on it lasts ``expiry`` seconds."""

    def clear(self, key: str) -> None:
        """Forget it."""


def counters_for(url: str) -> Counters:
    """The counters of ``PORTAL_LIMITS_URL``: ``memory://`` for one process, ``redis://`` for several."""
    found: Counters = storage_from_string(url)  # type: ignore[assignment]
    return found
