"""The root's text and id, and keys under keys."""

from __future__ import annotations

from Crypto.Hash import SHA256

from tests.vault.second.aead import Refused, seal, unseal

FIRST = {"development": 0xDE, "production": 0x50}
DIGITS = set("0123456789abcdef")


def read_root(text: str) -> tuple[str, bytes]:
    """Environment and key. Raises Refused."""
    parts = text.removesuffix("\n").split(":")
    if len(parts) != 3 or parts[0] != "anju-root-1" or parts[1] not in FIRST:
        raise Refused("root text")
    if len(parts[2]) != 64 or not set(parts[2]) <= DIGITS:
        raise Refused("root text")
    return parts[1], bytes.fromhex(parts[2])


def root_id(environment: str, key: bytes) -> bytes:
    """What names a root: 8 bytes."""
    return bytes([FIRST[environment]]) + SHA256.new(b"anju/v1/root" + key).digest()[:7]


def epoch_context(root: bytes, epoch: int) -> bytes:
    return b"anju/v1/epoch" + root + epoch.to_bytes(4)


def secret_context(root: bytes, name: str, version: int) -> bytes:
    return b"anju/v1/secret" + root + bytes([len(name)]) + name.encode("ascii") + version.to_bytes(2)


def data_context(epoch: int, subject: bytes, version: int) -> bytes:
    return b"anju/v1/data" + epoch.to_bytes(4) + subject + version.to_bytes(2)


def wrap(under: bytes, key: bytes, context: bytes, nonce: bytes) -> bytes:
    """60 bytes for a key of 32."""
    return nonce + seal(1, under, nonce, key, context)


def unwrap(under: bytes, wrapped: bytes, context: bytes) -> bytes:
    """The key. Raises Refused."""
    if len(wrapped) != 60:
        raise Refused("length")
    return unseal(1, under, wrapped[:12], wrapped[12:], context)
