"""Two implementations that share nothing but the format's text open what the other one made, byte for byte."""

from __future__ import annotations

import io
import os
import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vault import SubjectKind, chain, index, normalise
from portal.vault.checkpoint import Checkpoint, read_checkpoint
from portal.vault.ciphers import cipher
from portal.vault.datakeys import DataKeys
from portal.vault.files import FileKey, FileSealer, OpenedFile, object_length, open_file_key, seal_chunks, seal_file_key
from portal.vault.root import RootKey, parse_root
from portal.vault.sealing import open_group, seal_group
from portal.vault.wrapping import data_context, epoch_context, secret_context
from tests.vault.second import aead, blind, files, groups, keys, notes
from tests.vault.second.national import hmac_sm3, sm3, sm4_block, sm4_round_keys
from tests.vault.test_wycheproof import RFC_8998

COUNTS = pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.long)], ids=["quick", "long"])
LETTERS = 'abcxyz0189 "\\\n\t\0\x1f\x7fé林晓雯🏠\u2028'
SIZES = (0, 1, 5, 31, 32, 1000, 65_535, 65_536, 65_537, 131_072, 140_000)


class Sample:
    """Random circumstances of a sealed thing, the same for the same number."""

    def __init__(self, number: int) -> None:
        self.random = random.Random(number)  # noqa: S311 - the same example each time
        made = self.random
        self.id, self.nonce = made.randbytes(16), made.randbytes(12)
        self.subject = bytes((made.choice(list(SubjectKind)),)) + made.randbytes(16)
        self.development, self.algorithm = made.random() < 0.5, 2 if made.random() < 0.2 else 1
        versions = made.sample([1, 2, 3, 255, 256, 258, 65_535], made.randint(1, 3))
        self.keys = {version: made.randbytes(32) for version in versions}
        self.ours = DataKeys(self.keys, development=self.development)
        self.label = "".join(made.choices("abz09_.", k=made.choice([1, 8, 14, 64])))

    def fields(self) -> dict[str, str]:
        made = self.random
        lengths = [made.choice([0, 1, 2, 11, 30, 90]) for _ in range(made.randint(1, 4))]
        return {f"field_{n}": "".join(made.choices(LETTERS, k=length)) for n, length in enumerate(lengths)}


@COUNTS
def test_groups(count):
    for number in range(count):
        some = Sample(number)
        fields, bound = some.fields(), (some.label, some.id, some.subject)
        ours = seal_group(some.ours, *bound, fields, nonce=some.nonce, algorithm=some.algorithm)
        theirs = groups.seal_group(
            some.keys, *bound, fields, nonce=some.nonce, algorithm=some.algorithm, development=some.development
        )
        assert ours == theirs
        assert groups.open_group(some.keys, *bound, ours, development=some.development) == fields
        assert open_group(some.ours, *bound, theirs) == fields


@pytest.mark.parametrize("count", [20, pytest.param(300, marks=pytest.mark.long)], ids=["quick", "long"])
def test_files(count):
    for number in range(count):
        some = Sample(number)
        size = some.random.choice(SIZES[:6] if some.algorithm == 2 else SIZES)
        content, bound = some.random.randbytes(size), (some.id, some.subject)
        sealer = FileSealer(some.ours, *bound, io.BytesIO(content), some.algorithm)
        stored = b"".join(sealer)
        assert len(stored) == object_length(size)
        assert files.open_file(some.keys, *bound, sealer.blob, stored, development=some.development) == content
        key = some.random.randbytes(32)
        theirs = files.seal_object(some.algorithm, key, content)
        assert theirs == b"".join(seal_chunks(cipher(some.algorithm, key), io.BytesIO(content)))
        same = {"nonce": some.nonce, "algorithm": some.algorithm, "development": some.development}
        blob = files.seal_key(some.keys, *bound, key, size, **same)
        held = FileKey(key, size, some.algorithm)
        assert blob == seal_file_key(some.ours, *bound, held, nonce=some.nonce)
        assert open_file_key(some.ours, *bound, blob) == held
        assert b"".join(OpenedFile(held).read([theirs], len(theirs))) == content


@COUNTS
def test_wraps_and_roots(count):
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from portal.vault.wrapping import unwrap, wrap

    for number in range(count):
        some = Sample(number)
        root = RootKey("development" if some.development else "production", some.random.randbytes(32))
        assert keys.read_root(root.text) == (root.environment, root.key)
        assert parse_root(root.text) == root
        assert keys.root_id(root.environment, root.key) == root.id
        epoch, version = some.random.randrange(1, 2**32), some.random.randrange(1, 2**16)
        name = some.random.choice(["index", "index-sm3", "audit", "session"])
        contexts = [
            (epoch_context(root.id, epoch), keys.epoch_context(root.id, epoch)),
            (secret_context(root.id, name, version), keys.secret_context(root.id, name, version)),
            (data_context(epoch, some.subject, version), keys.data_context(epoch, some.subject, version)),
        ]
        for ours, theirs in contexts:
            assert ours == theirs
            key = os.urandom(32)
            assert keys.unwrap(root.key, wrap(AESGCM(root.key), key, ours), theirs) == key
            assert unwrap(AESGCM(root.key), keys.wrap(root.key, key, theirs, some.nonce), ours) == key


@COUNTS
def test_chains_and_notes(count):
    head, rows = chain.START, []
    for number in range(count):
        some = Sample(number)
        event = {
            "id": some.id.hex(),
            "at": "2026-11-22T00:00:00.000000Z",
            "kind": "x",
            "n": number,
            "more": [True, None],
        }
        kept = chain.canonical_json(event)
        assert kept == groups.written(event).encode()
        head = chain.event_hash(head, kept)
        rows.append((kept, head))
        fields = some.fields() | {"salt": some.random.randbytes(32).hex()}
        assert chain.note_digest(fields) == notes.commitment(fields)
    assert chain.follow(rows) == notes.follow(rows) == (count, head)


@pytest.mark.parametrize("count", [30, pytest.param(1000, marks=pytest.mark.long)], ids=["quick", "long"])
def test_checkpoints(count):
    from datetime import UTC, datetime, timedelta

    for number in range(count):
        some = Sample(number)
        seed, installation = some.random.randbytes(32), UUID(bytes=some.id)
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=some.random.randrange(10**15))
        ours = Checkpoint(installation, number * number, some.random.randbytes(32), at)
        public = notes.public_of(seed)
        text = notes.checkpoint_text(installation.hex, ours.count, ours.head, chain.instant_text(at))
        assert ours.sign(seed) == notes.sign(text, seed)
        found = notes.read_checkpoint(ours.sign(seed), installation.hex, public)
        assert found == (ours.count, ours.head, chain.instant_text(at))
        assert read_checkpoint(notes.sign(text, seed), installation, public) == ours


@COUNTS
def test_indexes(count):
    for number in range(count):
        some, secret = Sample(number), os.urandom(32)
        key, what = (
            index.index_key(secret, some.label, "phone", 1),
            some.random.randbytes(some.random.choice([0, 14, 90])),
        )
        found = blind.index(secret, some.label, "phone", what)
        assert index.blind_index(key, what) == found
        assert index.short_index(found) == blind.short(found)
        if number % 10 == 0:
            assert index.blind_index_sm3(key, what) == blind.index(secret, some.label, "phone", what, sm3=True)


@given(st.text() | st.text("+-.() 0018６３\t\u3000@aZß", max_size=18) | st.from_regex(r"(\+|00)?(86)?1[0-9]{10}"))
def test_normalisers(text):
    for name, normaliser in normalise.NORMALISERS.items():
        assert normaliser.rule(text) == blind.normalised(name, text)
    development = UUID(int=7)
    assert normalise.phone_last4(development, text) == blind.phone_last4(development.bytes, text)


def test_the_second_implementation_meets_the_standards():
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    # GB/T 32907-2016, example 1; GB/T 32905-2016, both examples; RFC 8998.
    assert sm4_block(sm4_round_keys(key), key).hex() == "681edf34d206965e86b3e94f536e4246"
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    assert hmac_sm3(b"k" * 65, b"") == hmac_sm3(sm3(b"k" * 65), b"")
    given = {name: bytes.fromhex(value) for name, value in RFC_8998.items()}
    sealed = aead._Sm4Gcm(given["key"], given["iv"]).seal(given["msg"], given["aad"])
    assert sealed == given["ct"] + given["tag"]
