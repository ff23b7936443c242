"""Feeds spoilt bytes to everything that reads bytes of the sealed format; anything but a declared refusal is a finding.

``python -m tools.fuzz --minutes 10`` before a release, ``--count 20000`` where the time must not matter. Each target
starts from valid examples and changes, cuts, joins and repeats them. A finding is written out with the seed that makes
it again; the exit code is then 1.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.vault.canonical import canonical_json, read_texts
from portal.vault.chain import event_hash, follow
from portal.vault.checkpoint import Checkpoint, public_key, read_checkpoint
from portal.vault.ciphers import cipher
from portal.vault.datakeys import DataKeys
from portal.vault.errors import ChainError, KeyStoreError, SealError
from portal.vault.files import FileKey, OpenedFile, open_file_key, seal_chunks, seal_file_key
from portal.vault.normalise import NORMALISERS
from portal.vault.root import RootKey, parse_root
from portal.vault.sealing import open_group, pad, seal_group
from portal.vault.signed_note import read, sign
from portal.vault.wrapping import epoch_context, unwrap, wrap

KEY = bytes(range(32))
KEYS = DataKeys({1: KEY, 258: KEY[::-1]}, development=True)
ROW, SUBJECT, HERE = bytes(16), b"\x01" + bytes(16), UUID(int=1)
BOUND = ("guest.contact", ROW, SUBJECT)
NOTE = Checkpoint(HERE, 12, KEY, datetime(2026, 11, 22, tzinfo=UTC)).sign(KEY)
PIECES = [
    b"\0",
    b"\x80",
    b"\xff" * 4,
    b"\n",
    b"\xe2\x80\x94 ",
    b'"',
    b"\\ud800",
    b"{",
    b"=",
    b"\x81\x01\x00\x01",
    b"9" * 40,
]


@dataclass(frozen=True)
class Target:
    """A reader, valid examples, and the errors it declares. A ``strict`` one takes nothing but the examples."""

    name: str
    reads: Callable[[bytes], object]
    examples: list[bytes]
    declared: tuple[type[Exception], ...] = ()
    strict: bool = False


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _inside(data: bytes) -> object:
    """What an insider with the key could have sealed: the steps after the tag, which random bytes never reach."""
    nonce = bytes(12)
    header, sealer = KEYS.sealer()
    bound = b"anju/v1/group" + header + b"\x0dguest.contact" + ROW + SUBJECT
    return open_group(KEYS, *BOUND, header + nonce + sealer.encrypt(nonce, data.ljust(32, b"\0"), bound))


def _signed(data: bytes) -> object:
    """The same for notes: signed by us, whatever they say."""
    text = data.decode("utf-8", "replace")
    return read_checkpoint(sign(f"anju/{HERE.hex}\n{text}\n", KEY), HERE, public_key(KEY))


def _file(data: bytes) -> object:
    held = FileKey(KEY, 70_000, 1)
    return b"".join(OpenedFile(held).read([data[:100], data[100:]], len(data)))


def _chain(data: bytes) -> object:
    rows = [data[at : at + 42] for at in range(0, len(data), 42)]
    return follow((row[32:], row[:32]) for row in rows)


def targets() -> list[Target]:
    """Every reader of the format, with what it may raise."""
    texts = [canonical_json({"name": "林晓雯", "phone": "+8613800138000", "note": '"\\\n\0'}), b"{}"]
    groups = [seal_group(KEYS, *BOUND, {"a": "b" * n}, nonce=bytes(12), algorithm=n % 2 + 1) for n in (1, 40, 200)]
    blob = seal_file_key(KEYS, ROW, SUBJECT, FileKey(KEY, 70_000, 1), nonce=bytes(12))
    stored = b"".join(seal_chunks(cipher(1, KEY), BytesIO(bytes(70_000))))
    roots = [RootKey("development", KEY).text.encode(), RootKey("production", KEY).text.encode()]
    context, under = epoch_context(bytes(8), 1), AESGCM(KEY)
    event = canonical_json({"id": "1"})
    note = NOTE.encode()
    named = sorted(NORMALISERS.items())
    return [
        Target("header", KEYS.opener, [group[:4] for group in groups], (SealError,)),
        Target("group", lambda data: open_group(KEYS, *BOUND, data), groups, (SealError,), strict=True),
        Target("inside a group", _inside, [pad(text) for text in texts], (SealError,)),
        Target("file key", lambda data: open_file_key(KEYS, ROW, SUBJECT, data), [blob], (SealError,), strict=True),
        Target("file", _file, [stored], (SealError,), strict=True),
        Target(
            "wrap", lambda data: unwrap(under, data, context), [wrap(under, KEY, context)], (SealError,), strict=True
        ),
        Target("root", lambda data: parse_root(_text(data)), roots, (KeyStoreError,)),
        Target("json", read_texts, texts),
        Target(
            "note",
            lambda data: read(_text(data), f"anju/{HERE.hex}", public_key(KEY)),
            [note],
            (ChainError,),
            strict=True,
        ),
        Target(
            "checkpoint",
            lambda data: read_checkpoint(_text(data), HERE, public_key(KEY)),
            [note],
            (ChainError,),
            strict=True,
        ),
        Target("signed by us", _signed, [note.split(b"\n\n")[0].split(b"\n", 1)[1]], (ChainError,)),
        Target("chain", _chain, [event_hash(bytes(32), event) + event], (ChainError,)),
        Target("normalisers", lambda data: [rule.rule(_text(data)) for _, rule in named], [b"+8613800138000", b"a@b"]),
    ]


def spoilt(made: random.Random, examples: list[bytes]) -> bytes:
    """One of the examples after one to five changes."""
    data = bytearray(made.choice(examples))
    for _ in range(made.randint(1, 5)):
        place, end = sorted((made.randint(0, len(data)), made.randint(0, len(data))))
        change = made.randrange(7)
        if change < 2 and data:  # a bit, or a byte
            data[min(place, len(data) - 1)] ^= 1 << made.randrange(8) if change else made.randrange(256)
        elif change == 2:
            del data[place : place + made.choice([1, 4, 32, end - place])]
        elif change == 3:
            data[place:place] = made.randbytes(made.choice([1, 2, 16, 32]))
        elif change == 4:
            data[place:place] = made.choice(PIECES)
        elif change == 5:
            data[place:place] = data[place : place + 64]
        else:
            data[place:end] = made.choice(examples)[place:end]
    return bytes(data)


def runs(minutes: float, count: int) -> Iterator[int]:
    """Numbers of rounds, until so many or until this process has worked so long."""
    number, until = 0, time.process_time() + 60 * minutes
    while number < count or time.process_time() < until:
        yield number
        number += 1


def tried(target: Target, data: bytes) -> Exception | None:
    """What the target raised that it does not declare."""
    try:
        target.reads(data)
        if target.strict and data not in target.examples:
            raise AssertionError("what was spoilt was taken")
    except target.declared:
        return None
    except Exception as found:  # noqa: BLE001 - any other is the finding this is for
        return found
    return None


def fuzz(minutes: float, count: int, seed: int) -> tuple[dict[str, int], list[str]]:
    """Executions by target, and findings: target, seed and error, never the bytes of a key."""
    executed, findings = dict.fromkeys((target.name for target in targets()), 0), []
    every = targets()
    for number in runs(minutes, count):
        made = random.Random(f"{seed} {number}")  # noqa: S311 - to be made again
        for target in every:
            if target.name == "file" and number % 20:
                continue  # seventy thousand bytes: a twentieth of the rounds
            data = spoilt(made, target.examples)
            executed[target.name] += 1
            found = tried(target, data)
            if found is not None:
                findings.append(
                    f"{target.name}: {type(found).__name__} at --seed {seed}, round {number}: {data.hex()[:400]}"
                )
    return executed, findings


def main() -> int:
    """Run, print a table and the findings."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=0.0, help="of processor time")
    parser.add_argument("--count", type=int, default=0, help="rounds at least")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4)))
    given = parser.parse_args()
    executed, findings = fuzz(given.minutes, given.count, given.seed)
    for name, number in executed.items():
        print(f"{name:<16}{number:>12,}")
    print(f"{'all':<16}{sum(executed.values()):>12,} executions, {len(findings)} findings, --seed {given.seed}")
    print(*findings[:20], sep="\n")
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
