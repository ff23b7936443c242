"""How fast groups open against the bare cipher with the same bytes: what slicing, binding and reading add."""

from __future__ import annotations

import os
from statistics import median
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.result import Result
from benchmarks.vault.guests import values_of
from benchmarks.vault.timing import ratio, rounds
from portal.vault import Subject, SubjectKind
from portal.vault.datakeys import DataKeys
from portal.vault.sealing import open_group, seal_group

GROUPS = 2_000
ROUNDS = 25


def run() -> list[Result]:
    """A contact group and a text of 4 KiB."""
    fields, long = _rate(values_of), _rate(lambda _: {"text": "a" * 4096})
    return [
        Result.at_least("open_fields", "groups opened / bare AES-GCM, contact", fields, 0.50, 0.60),
        Result.at_least("open_4k", "groups opened / bare AES-GCM, 4 KiB", long, 0.65, 0.80),
    ]


def _rate(values: object) -> float:
    key = os.urandom(32)
    keys, bare = DataKeys({1: key}, development=False), AESGCM(key)
    subject = Subject(SubjectKind.PERSON, uuid4()).packed
    sealed = []
    for number in range(GROUPS):
        row, nonce = uuid4().bytes, os.urandom(12)
        sealed.append((row, seal_group(keys, "bench.contact", row, subject, values(number), nonce=nonce)))  # type: ignore[operator]
    raw = []
    for _, blob in sealed:
        nonce = os.urandom(12)
        raw.append((nonce, bare.encrypt(nonce, bytes(len(blob) - 32), b"bench")))

    def ours() -> None:
        for row, blob in sealed:
            open_group(keys, "bench.contact", row, subject, blob)

    def theirs() -> None:
        for nonce, blob in raw:
            bare.decrypt(nonce, blob, b"bench")

    taken = rounds({"ours": ours, "bare": theirs}, ROUNDS)
    assert median(taken["ours"]) > 0
    return 1 / ratio(taken, "ours", "bare")
