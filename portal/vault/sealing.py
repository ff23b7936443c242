"""The bytes of a sealed group: header(4) | nonce(12) | ciphertext | tag(16). Pure; the ring brings keys and nonces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidTag

from portal.vault.canonical import canonical_json, read_texts
from portal.vault.ciphers import AES_256_GCM, NONCE
from portal.vault.datakeys import HEADER, DataKeys
from portal.vault.errors import SealError

BLOCK = 32
SHORTEST = 64
START = HEADER + NONCE


@lru_cache(maxsize=512)
def label_bytes(label: str) -> bytes:
    """length(1) | label. Raises ValueError unless it is 1 to 64 of ``[a-z0-9_.]``."""
    if not re.fullmatch(r"[a-z0-9_.]{1,64}", label):
        raise ValueError("a label is 1 to 64 of a-z, 0-9, dot and underscore")
    return bytes((len(label),)) + label.encode()


@lru_cache(maxsize=2048)
def _bound(header: bytes, label: str) -> bytes:
    """How the associated data of a group begins: the same for all rows of a label and key version."""
    return b"anju/v1/group" + header + label_bytes(label)


def pad(text: bytes) -> bytes:
    """Add 0x80 and zeros to the next multiple of 32: 1 to 32 bytes, so that a length says little."""
    return text + b"\x80" + bytes(-(len(text) + 1) % BLOCK)


def unpad(padded: bytes) -> bytes:
    """Take the padding off. Raises SealError where ``pad`` would have made something else."""
    text = padded.rstrip(b"\0")
    if text[-1:] != b"\x80" or len(padded) - len(text) >= BLOCK:
        raise SealError
    return text[:-1]


def seal_group(
    keys: DataKeys,
    label: str,
    row_id: bytes,
    subject: bytes,
    fields: Mapping[str, str],
    *,
    nonce: bytes,
    algorithm: int = AES_256_GCM,
) -> bytes:
    """Seal the fields that are not null under the highest key version.

    ``subject`` is kind(1) | id(16). ``nonce`` is 12 fresh random bytes, never used before with this key. Raises
    ValueError without the value: a group without any field is NULL in the row and has no blob.
    """
    if not fields or not all(isinstance(value, str) for value in fields.values()):
        raise ValueError("a group is sealed from at least one text")
    header, cipher = keys.sealer(algorithm)
    bound = _bound(header, label) + row_id + subject
    return header + nonce + cipher.encrypt(nonce, pad(canonical_json(dict(fields))), bound)


def open_group(keys: DataKeys, label: str, row_id: bytes, subject: bytes, blob: bytes) -> dict[str, str]:
    """The fields of a blob. Row id, subject and label come from the row and its model, never from the blob.

    Raises SealError, always the same one, at the first step that fails.
    """
    if len(blob) % BLOCK or len(blob) < SHORTEST:
        raise SealError
    header = blob[:HEADER]
    cipher = keys.opener(header)
    bound = _bound(header, label) + row_id + subject
    try:
        padded = cipher.decrypt(blob[HEADER:START], blob[START:], bound)
    except InvalidTag:
        raise SealError from None
    fields = read_texts(unpad(padded))
    if fields is None:
        raise SealError
    return fields
