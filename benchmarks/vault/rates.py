"""How fast groups open against the bare cipher: what slicing, binding and reading add."""

from __future__ import annotations

import os
from collections.abc import Callable
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
CONTACT = ("name", "phone", "email")
Values = Callable[[int], dict[str, str]]


def run() -> list[Result]:
    """Fields as they are read, three in a contact group against three bare ciphertexts; and a text of 4 KiB."""
    fields = _rate(_contact)
    long = _rate(lambda _: {"text": "a" * 4096})
    return [
        Result.at_least(
            "open_fields", "fields read from contact groups / bare AES-GCM, a field each", fields, 0.50, 0.60
        ),
        Result.at_least("open_4k", "texts of 4 KiB opened / bare AES-GCM", long, 0.65, 0.80),
    ]


def _contact(number: int) -> dict[str, str]:
    values = values_of(number)
    return {name: values[name] for name in CONTACT}


def _rate(values: Values) -> float:
    key = os.urandom(32)
    keys, bare = DataKeys({1: key}, development=False), AESGCM(key)
    subject = Subject(SubjectKind.PERSON, uuid4()).packed
    sealed, raw = [], []
    for number in range(GROUPS):
        fields, row = values(number), uuid4().bytes
        sealed.append((row, seal_group(keys, "bench.contact", row, subject, fields, nonce=os.urandom(12))))
        for text in fields.values():
            nonce = os.urandom(12)
            raw.append((nonce, bare.encrypt(nonce, text.encode(), b"bench")))

    def ours() -> None:
        for row, blob in sealed:
            open_group(keys, "bench.contact", row, subject, blob)

    def theirs() -> None:
        for nonce, blob in raw:
            bare.decrypt(nonce, blob, b"bench")

    return 1 / ratio(rounds({"ours": ours, "bare": theirs}, ROUNDS), "ours", "bare")
