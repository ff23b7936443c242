"""The blind index: a keyed hash that finds a row by an exact value without saying the value."""

from __future__ import annotations

import hmac

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from portal.vault.ciphers import hkdf

UNIQUE = 16
SHORT = 8


def index_key(secret: bytes, label: str, field: str, version: int) -> bytes:
    """The 32-byte key of one field under one normaliser version. Raises ValueError for a dot in the field name."""
    if not field or "." in field:
        raise ValueError("a field name has no dot")
    return hkdf(secret, f"anju/v1/index|{label}.{field}|n{version}", 32)


def blind_index(key: bytes, normalised: bytes) -> bytes:
    """The first 16 bytes of HMAC-SHA-256: what a unique column keeps."""
    return hmac.digest(key, normalised, "sha256")[:UNIQUE]


def blind_index_sm3(key: bytes, normalised: bytes) -> bytes:
    """The same with HMAC-SM3, for a key derived from the secret ``index-sm3``."""
    digest = HMAC(key, SM3())
    digest.update(normalised)
    return digest.finalize()[:UNIQUE]


def short_index(index: bytes) -> int:
    """What a column keeps that need not be unique: the first 8 bytes as a signed integer."""
    return int.from_bytes(index[:SHORT], signed=True)
