"""Sealed groups."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.vault.second.aead import Refused, seal, unseal

SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def written(value: object) -> str:
    """Canonical JSON as text."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{written(name)}:{written(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(one) for one in value) + "]"
    if isinstance(value, str):
        return '"' + "".join(SHORT.get(c) or (c if ord(c) > 31 else f"\\u{ord(c):04x}") for c in value) + '"'
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)


def bound(kind: str, header: bytes, label: str, row: bytes, subject: bytes) -> bytes:
    """The associated data; ``label`` is empty for a file, which has none."""
    named = bytes([len(label)]) + label.encode("ascii") if label else b""
    return b"anju/v1/" + kind.encode("ascii") + header + named + row + subject


def key_of(keys: Mapping[int, bytes], header: bytes, development: bool) -> bytes:
    """The data key a header asks for. Raises Refused."""
    if header[0] not in (0x01, 0x81):
        raise Refused("format")
    if (header[0] == 0x81) != development:
        raise Refused("environment")
    if header[1] not in (1, 2):
        raise Refused("algorithm")
    version = header[2] * 256 + header[3]
    if version not in keys:
        raise Refused("key version")
    return keys[version]


def header_of(keys: Mapping[int, bytes], algorithm: int, development: bool) -> bytes:
    """The header of what is sealed now: the highest version."""
    highest = max(keys)
    return bytes([0x81 if development else 0x01, algorithm, highest // 256, highest % 256])


def seal_group(
    keys: Mapping[int, bytes],
    label: str,
    row: bytes,
    subject: bytes,
    fields: dict[str, str],
    *,
    nonce: bytes,
    algorithm: int = 1,
    development: bool = False,
) -> bytes:
    """The blob of a row's group."""
    header = header_of(keys, algorithm, development)
    plain = written(fields).encode("utf-8") + b"\x80"
    while len(plain) % 32:
        plain += b"\x00"
    key = keys[max(keys)]
    return header + nonce + seal(algorithm, key, nonce, plain, bound("group", header, label, row, subject))


def open_group(
    keys: Mapping[int, bytes], label: str, row: bytes, subject: bytes, blob: bytes, *, development: bool = False
) -> dict[str, str]:
    """The fields of a blob. Raises Refused with the step that refuses."""
    if len(blob) < 64 or len(blob) % 32:
        raise Refused("length")
    header, nonce, sealed = blob[:4], blob[4:16], blob[16:]
    key = key_of(keys, header, development)
    plain = unseal(header[1], key, nonce, sealed, bound("group", header, label, row, subject))
    end = len(plain)
    while end and plain[end - 1] == 0:
        end -= 1
    if not end or plain[end - 1] != 0x80 or len(plain) - end + 1 > 32:
        raise Refused("padding")
    try:
        fields = json.loads(plain[: end - 1].decode("utf-8"))
        texts = isinstance(fields, dict) and all(isinstance(text, str) for text in fields.values())
        whole = texts and not any(0xD800 <= ord(c) < 0xE000 for pair in fields.items() for text in pair for c in text)
    except ValueError:
        raise Refused("JSON") from None
    if not whole:
        raise Refused("JSON")
    return dict(fields)
