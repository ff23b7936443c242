"""Canonical JSON: RFC 8785 narrowed to what the sealed format needs; the same value is always the same bytes."""

from __future__ import annotations

import json
from contextlib import suppress

from orjson import loads

LARGEST = 2**53 - 1

_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode


def canonical_json(value: object) -> bytes:
    """The one byte form of ``value``: no spaces, ASCII keys in order, UTF-8 as it stands.

    Raises ValueError (without the value) for floats, integers beyond 2^53 - 1, keys outside ASCII, half a
    surrogate pair, and anything JSON does not know.
    """
    _check(value)
    return utf8(_encode(value))


def utf8(text: str) -> bytes:
    """The text in UTF-8. Raises ValueError without the text, which Python's own error would carry along."""
    with suppress(UnicodeEncodeError):
        return text.encode()
    raise ValueError("half a surrogate pair is not text")


def read_texts(plain: bytes) -> dict[str, str] | None:
    """The JSON object of strings in ``plain``, with nothing before or after it; None for anything else.

    It answers rather than raises, because decoding errors hold the whole plaintext. Every sealed group that is opened
    comes through here, so the parser is the quickest there is; it refuses half a surrogate pair by itself.
    """
    if plain[:1] != b"{" or plain[-1:] != b"}":
        return None
    try:
        found = loads(plain)
    except ValueError:
        return None
    for value in found.values():
        if type(value) is not str:
            return None
    texts: dict[str, str] = found
    return texts


def _check(value: object) -> None:
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if not -LARGEST <= value <= LARGEST:
            raise ValueError("an integer is beyond 2^53 - 1")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise ValueError("a key is not ASCII text")
            _check(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner)
    else:
        raise ValueError(f"{type(value).__name__} has no canonical form")
