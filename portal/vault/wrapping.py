"""Keys under keys: nonce(12) | ciphertext(32) | tag(16), always AES-256-GCM, bound to what the key is for."""

from __future__ import annotations

import hashlib
import os
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.vault.ciphers import NONCE, TAG
from portal.vault.errors import SealError

Environment = Literal["development", "production"]
FIRST: dict[Environment, int] = {"development": 0xDE, "production": 0x50}
KEY = 32
WRAPPED = NONCE + KEY + TAG


def root_id(environment: Environment, identity: bytes) -> bytes:
    """8 bytes: the environment's byte and a hash of the key, or of a provider's name."""
    return bytes((FIRST[environment],)) + hashlib.sha256(b"anju/v1/root" + identity).digest()[:7]


def epoch_context(root: bytes, number: int) -> bytes:
    """What an epoch key's wrap is bound to."""
    return b"anju/v1/epoch" + root + number.to_bytes(4)


def secret_context(root: bytes, name: str, version: int) -> bytes:
    """What a secret's wrap is bound to."""
    text = name.encode("ascii")
    return b"anju/v1/secret" + root + bytes((len(text),)) + text + version.to_bytes(2)


def data_head(epoch: int) -> bytes:
    """How the context of every data key of an epoch begins; kind(1) | subject id(16) | version(2) follow."""
    return b"anju/v1/data" + epoch.to_bytes(4)


def data_context(epoch: int, subject: bytes, version: int) -> bytes:
    """What a data key's wrap is bound to; ``subject`` is kind(1) | id(16)."""
    return data_head(epoch) + subject + version.to_bytes(2)


def wrap(under: AESGCM, key: bytes, context: bytes, *, nonce: bytes | None = None) -> bytes:
    """60 bytes. Leave ``nonce`` out: it is drawn here; only test vectors bring their own."""
    nonce = nonce or os.urandom(NONCE)
    return nonce + under.encrypt(nonce, key, context)


def unwrap(under: AESGCM, wrapped: bytes, context: bytes) -> bytes:
    """The 32-byte key. Raises SealError."""
    if len(wrapped) != WRAPPED:
        raise SealError
    try:
        return under.decrypt(wrapped[:NONCE], wrapped[NONCE:], context)
    except InvalidTag:
        raise SealError from None
