"""Sealed files."""

from __future__ import annotations

from collections.abc import Mapping

from tests.vault.second.aead import Refused, seal, unseal
from tests.vault.second.groups import bound, header_of, key_of

CHUNK = 65536


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([1 if last else 0])


def _count(size: int) -> int:
    return max(1, (size + CHUNK - 1) // CHUNK)


def seal_object(algorithm: int, file_key: bytes, content: bytes) -> bytes:
    """The chunks of a content."""
    n = _count(len(content))
    return b"".join(
        seal(algorithm, file_key, _nonce(i, i == n - 1), content[i * CHUNK : (i + 1) * CHUNK], b"") for i in range(n)
    )


def seal_key(
    keys: Mapping[int, bytes],
    file_id: bytes,
    subject: bytes,
    file_key: bytes,
    size: int,
    *,
    nonce: bytes,
    algorithm: int = 1,
    development: bool = False,
) -> bytes:
    """The file key blob."""
    header = header_of(keys, algorithm, development)
    plain = file_key + size.to_bytes(8)
    sealed = seal(algorithm, keys[max(keys)], nonce, plain, bound("file", header, "", file_id, subject))
    return header + nonce + sealed


def open_file(
    keys: Mapping[int, bytes],
    file_id: bytes,
    subject: bytes,
    blob: bytes,
    stored: bytes,
    *,
    development: bool = False,
) -> bytes:
    """The whole content. Raises Refused."""
    if len(blob) != 72:
        raise Refused("length")
    header, nonce, sealed = blob[:4], blob[4:16], blob[16:]
    key = key_of(keys, header, development)
    plain = unseal(header[1], key, nonce, sealed, bound("file", header, "", file_id, subject))
    file_key, size = plain[:32], int.from_bytes(plain[32:])
    n = _count(size)
    if len(stored) != size + 16 * n:
        raise Refused("object length")
    parts = [stored[i * (CHUNK + 16) : (i + 1) * (CHUNK + 16)] for i in range(n)]
    return b"".join(unseal(header[1], file_key, _nonce(i, i == n - 1), part, b"") for i, part in enumerate(parts))
