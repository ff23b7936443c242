"""What a blind index is computed from: one spelling for everything a person would call the same.

Version 1 of every rule. A rule never changes once rows exist; a better one is a new version and a second column.
None means the text does not meet the rule and has no index.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

_BLANKS = dict.fromkeys((9, 10, 11, 12, 13, 32))
_PUNCTUATION = dict.fromkeys(map(ord, "-.()"))
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_UPPER = {lower: lower - 32 for lower in range(ord("a"), ord("z") + 1)}


class Normaliser(NamedTuple):
    """A rule and its version, which is part of the index key."""

    version: int
    rule: Callable[[str], bytes | None]


def phone(text: str) -> bytes | None:
    """E.164: full-width digits, blanks, punctuation and a missing +86 make no difference."""
    number = _compact(text).translate(_PUNCTUATION)
    if number.startswith("00"):
        number = "+" + number[2:]
    if not number.startswith("+"):
        number = "+" + number if re.fullmatch(r"861[0-9]{10}", number) else "+86" + number.removeprefix("0")
    return number.encode() if re.fullmatch(r"\+[1-9][0-9]{6,14}", number) else None


def email(text: str) -> bytes | None:
    """A-Z in lower case; dots and plus signs are the mailbox's own business."""
    address = _compact(text).translate(_LOWER)
    name, _, host = address.partition("@")
    return _hashed(address) if name and host and "@" not in host else None


def id_number(text: str) -> bytes | None:
    """a-z in upper case: the check digit of an identity card may be an X."""
    number = _compact(text).translate(_UPPER)
    return _hashed(number) if number else None


def phone_last4(development_id: UUID, text: str) -> bytes | None:
    """The last four digits within one development; alone they would be guessed from their frequency."""
    number = phone(text)
    return development_id.bytes + number[-4:] if number else None


NORMALISERS = {
    "phone": Normaliser(1, phone),
    "email": Normaliser(1, email),
    "id_number": Normaliser(1, id_number),
}


def _compact(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_BLANKS)


def _hashed(text: str) -> bytes | None:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None
