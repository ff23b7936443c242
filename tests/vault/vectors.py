"""The vectors of the sealed format, version 1, and what several tests read out of one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from portal.vault.ciphers import cipher
from portal.vault.datakeys import DataKeys
from portal.vault.files import STORED, seal_chunks

_ALL = json.loads((Path(__file__).parent / "sealed_vectors.json").read_text("utf-8"))


def holding(kind: str) -> list[Any]:
    """The vectors of a kind that must be made and opened."""
    return [vector for vector in _ALL["must_hold"] if vector["type"] == kind]


def refused(kind: str) -> list[Any]:
    """The vectors of a kind that must not open."""
    return [vector for vector in _ALL["must_fail"] if vector["type"] == kind]


def named(vector: dict[str, Any]) -> str:
    """How pytest calls a vector."""
    return vector["name"]


def data_keys(vector: dict[str, Any], up_to: int = 0xFFFF) -> DataKeys:
    """The vector's data keys of versions up to a number, which is then the one that seals."""
    keys = {int(version): bytes.fromhex(key) for version, key in vector["keys"].items() if int(version) <= up_to}
    return DataKeys(keys, development=vector["development"])


def packed(vector: dict[str, Any]) -> bytes:
    """The vector's subject: kind(1) | id(16)."""
    return bytes((vector["kind"],)) + bytes.fromhex(vector["subject"])


def content(vector: dict[str, Any]) -> bytes:
    """The plaintext of a file vector."""
    given = vector["content"]
    if isinstance(given, str):
        return bytes.fromhex(given)
    return bytes(number % 251 for number in range(given["size"]))


def stored_object(vector: dict[str, Any]) -> bytes:
    """The object of a file vector as its reader gets it: written out, or made and then spoilt as told."""
    import io

    if "object" in vector:
        return bytes.fromhex(vector["object"])
    sealer = cipher(vector.get("algorithm", 1), bytes.fromhex(vector["file_key"]))
    whole = b"".join(seal_chunks(sealer, io.BytesIO(content(vector))))
    assert hashlib.sha256(whole).hexdigest() == vector["object_sha256"]
    chunks = [whole[at : at + STORED] for at in range(0, len(whole), STORED)]
    picked = b"".join(chunks[number] for number in vector.get("chunks", range(len(chunks))))
    return picked[: vector.get("cut", len(picked))]
