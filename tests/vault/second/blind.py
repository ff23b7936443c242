"""Blind indexes and their normalisers, version 1."""

from __future__ import annotations

import unicodedata

from Crypto.Hash import HMAC, SHA256

from tests.vault.second.aead import hkdf
from tests.vault.second.national import hmac_sm3


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not (9 <= ord(c) <= 13 or ord(c) == 32))


def phone(text: str) -> str | None:
    """+8613800138000."""
    number = "".join(c for c in _plain(text) if c not in "-.()")
    if number[:2] == "00":
        number = "+" + number[2:]
    if number[:1] != "+":
        if len(number) == 13 and number[:3] == "861" and all("0" <= c <= "9" for c in number):
            number = "+" + number
        else:
            number = "+86" + (number[1:] if number[:1] == "0" else number)
    digits = number[1:]
    if not 7 <= len(digits) <= 15 or digits[0] == "0" or not all("0" <= c <= "9" for c in digits):
        return None
    return number


def email(text: str) -> str | None:
    """A-Z in lower case."""
    address = "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in _plain(text))
    parts = address.split("@")
    return address if len(parts) == 2 and all(parts) else None


def id_number(text: str) -> str | None:
    """a-z in upper case."""
    return "".join(chr(ord(c) - 32) if "a" <= c <= "z" else c for c in _plain(text)) or None


RULES = {"phone": phone, "email": email, "id_number": id_number}


def normalised(rule: str, text: str) -> bytes | None:
    """What is hashed; None where the rule is not met."""
    found = RULES[rule](text)
    try:
        return None if found is None else found.encode("utf-8")
    except UnicodeEncodeError:
        return None


def phone_last4(development: bytes, text: str) -> bytes | None:
    found = normalised("phone", text)
    return None if found is None else development + found[-4:]


def index(secret: bytes, label: str, field: str, what: bytes, *, sm3: bool = False) -> bytes:
    """The first 16 bytes, as a unique column keeps them."""
    key = hkdf(secret, f"anju/v1/index|{label}.{field}|n1", 32)
    return (hmac_sm3(key, what) if sm3 else HMAC.new(key, what, SHA256).digest())[:16]


def short(whole: bytes) -> int:
    """The first 8 bytes as a signed number."""
    number = int.from_bytes(whole[:8])
    return number - 2**64 if number >= 2**63 else number
