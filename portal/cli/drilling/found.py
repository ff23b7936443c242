"""A line of the drill: where, what was tried, what came of it, and whether that is as it must be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """``said`` is ``unreadable``, ``readable`` or more words; ``right`` whether it is as it must be."""

    place: str
    tried: str
    said: str
    right: bool

    def __str__(self) -> str:
        return f"{self.place}: {self.tried}: {self.said} {'✓' if self.right else '✗'}"


def gone(place: str, tried: str, readable: object) -> Found:
    """Where nothing may be read: anything found there, a list or a number, is named as readable."""
    return Found(place, tried, "readable" if readable else "unreadable", not readable)


def there(place: str, tried: str, readable: bool, until: str = "") -> Found:
    """Where it must still be readable: of others, or of the erased person until the day that the receipt names."""
    said = f"readable{f' until {until}' if until else ''}" if readable else "unreadable"
    return Found(place, tried, said, readable)
