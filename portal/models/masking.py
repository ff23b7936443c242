"""What a page shows of a personal value by default: enough to recognise it, too little to use it.

A mask is computed from the opened value and never stored beside the blob.
"""

from __future__ import annotations

import unicodedata

STARS = "****"


def mask_phone(phone: str | None) -> str:
    """``+8613800138000`` as 138****8000; shorter and foreign numbers keep at least four digits back."""
    if not phone:
        return ""
    plus, digits = ("", phone[3:]) if phone.startswith("+86") else (phone[: phone.startswith("+")], phone.lstrip("+"))
    tail = min(4, max(0, len(digits) - 4))
    head = min(3, max(0, len(digits) - tail - 4))
    return plus * (head > 0) + digits[:head] + STARS + digits[len(digits) - tail :]


def mask_name(name: str | None) -> str:
    """林晓雯 as 林*雯, 林雯 as 林*, Wei Zhang as W*** Z***: a name is recognised by who knows it."""
    letters = unicodedata.normalize("NFC", name or "").split()
    return " ".join(_ideographs(word) if _wide(word) else _word(word) for word in letters)


def mask_email(email: str | None) -> str:
    """``zhang.wei@example.com`` as z***@example.com."""
    if not email:
        return ""
    name, at, host = email.rpartition("@")
    return _word(name) + at + host if at else _word(email)


def _wide(word: str) -> bool:
    return all(unicodedata.east_asian_width(letter) in "WF" or letter in "·・•" for letter in word)


def _ideographs(word: str) -> str:
    """First and last stay; a long name shows two stars however long it is."""
    if len(word) < 3:
        return word[:1] + "*" if len(word) == 2 else "*"
    return word[0] + "*" * min(2, len(word) - 2) + word[-1]


def _word(word: str) -> str:
    """The first letter and three stars; of a single letter nothing."""
    return (word[0] if len(word) > 1 else "") + "***"
