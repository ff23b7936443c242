"""The edges of the rules in the vault's pure parts, and the very words of their refusals."""

from __future__ import annotations

import io
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from portal.vault import SealError, chain
from portal.vault.canonical import LARGEST, canonical_json, utf8
from portal.vault.ciphers import cipher
from portal.vault.datakeys import DataKeys
from portal.vault.errors import VersionUnknown
from portal.vault.files import CHUNK, FileKey, FileSealer, OpenedFile, chunk_count, object_length, seal_chunks
from portal.vault.index import index_key
from portal.vault.sealing import label_bytes, open_group, seal_group, unpad

KEYS = DataKeys({1: bytes(32)}, development=True)
BOUND = ("guest.contact", bytes(16), b"\x01" + bytes(16))


@pytest.mark.parametrize(
    ("refuse", "words"),
    [
        (lambda: utf8("\ud800"), "half a surrogate pair is not text"),
        (lambda: canonical_json(LARGEST + 1), "an integer is beyond 2^53 - 1"),
        (lambda: canonical_json([-LARGEST - 1]), "an integer is beyond 2^53 - 1"),
        (lambda: canonical_json({"名": "x"}), "a key is not ASCII text"),
        (lambda: canonical_json({1: "x"}), "a key is not ASCII text"),
        (lambda: canonical_json([[1.5]]), "float has no canonical form"),
        (lambda: canonical_json({"a": b"x"}), "bytes has no canonical form"),
        (lambda: cipher(3, bytes(32)), "an algorithm number the format does not know"),
        (lambda: seal_group(KEYS, *BOUND, {}, nonce=bytes(12)), "a group is sealed from at least one text"),
        (lambda: label_bytes("A"), "a label is 1 to 64 of a-z, 0-9, dot and underscore"),
        (lambda: chain.instant_text(datetime(2026, 11, 22)), "a moment needs its time zone"),
        (lambda: chain.note_digest({"text": "x"}), "a note needs a random salt of 64 hex digits"),
        (lambda: chain.note_digest({"salt": "X" * 64}), "a note needs a random salt of 64 hex digits"),
        (lambda: index_key(bytes(32), "person", "a.b", 1), "a field name has no dot"),
        (lambda: OpenedFile(FileKey(bytes(32), 5, 1)).span(5, 5), "the range lies outside the file"),
    ],
)
def test_what_a_refusal_says(refuse, words):
    with pytest.raises(ValueError) as caught:
        refuse()
    assert str(caught.value) == words


@pytest.mark.parametrize("integer", [LARGEST, -LARGEST, 0])
def test_the_largest_integers(integer):
    assert canonical_json(integer) == str(integer).encode()


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_an_instant_is_utc_wherever_the_machine_stands(monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        noon = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=8)))
        assert chain.instant_text(noon) == "2026-11-22T04:00:00.000000Z"
        assert chain.instant_text(datetime(2026, 11, 22, tzinfo=UTC)) == "2026-11-22T00:00:00.000000Z"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("padded", [b"a\x80X", b"a\x80X\0", b"", b"\0", b"a", b"\x80" + bytes(32), b"a\x80\0\x01"])
def test_other_padding(padded):
    with pytest.raises(SealError):
        unpad(padded)


@pytest.mark.parametrize("padding", [b"\x80", b"\x80" + bytes(31)], ids=["one", "thirty-two"])
def test_the_shortest_and_the_longest_padding(padding):
    assert unpad(b"{}" + padding) == b"{}"


@pytest.mark.parametrize("length", [4, 32, 63, 65, 95, 97])
def test_the_length_is_judged_before_the_version(length):
    """Or bytes cut on the way would make the ring ask the store for a version that was never there."""
    blob = b"\x81\x01\x00\x09" + bytes(length - 4)
    with pytest.raises(SealError) as caught:
        open_group(KEYS, *BOUND, blob)
    assert type(caught.value) is SealError
    with pytest.raises(VersionUnknown):
        open_group(KEYS, *BOUND, blob.ljust(128, b"\0"))


def test_a_cipher_is_built_once():
    header, sealer = KEYS.sealer()
    assert KEYS.opener(header) is sealer
    assert header == b"\x81\x01\x00\x01"


@pytest.mark.parametrize("header", [b"", b"\x81", b"\x81\x01\x01", b"\x81\x01\x00\x01\x00", b"\x81\x00\x00\x01"])
def test_what_is_no_header(header):
    with pytest.raises(SealError) as caught:
        KEYS.opener(header)
    assert type(caught.value) is SealError


@pytest.mark.parametrize(
    ("size", "chunks"), [(0, 1), (1, 1), (CHUNK, 1), (CHUNK + 1, 2), (2 * CHUNK, 2), (2 * CHUNK + 1, 3)]
)
def test_spans_without_a_range_are_the_whole_object(size, chunks):
    opened = OpenedFile(FileKey(bytes(32), size, 1))
    assert (chunk_count(size), object_length(size)) == (chunks, size + 16 * chunks)
    assert opened.span() == (0, object_length(size))


def test_a_source_that_gives_one_byte_at_a_time():
    class Drops(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(1)

    sealer = cipher(1, bytes(32))
    assert list(seal_chunks(sealer, Drops(b"wall"))) == list(seal_chunks(sealer, io.BytesIO(b"wall")))


def test_a_range_may_end_with_a_chunk_and_the_next_begin_there():
    held, content = FileKey(bytes(32), CHUNK + 9, 1), bytes(range(256)) * 256 + b"nine more"
    stored = b"".join(seal_chunks(cipher(1, held.key), io.BytesIO(content)))
    opened = OpenedFile(held)
    for start, stop in ((0, CHUNK), (CHUNK - 1, CHUNK + 1), (CHUNK, CHUNK + 9), (CHUNK - 1, CHUNK), (CHUNK + 8, None)):
        first, end = opened.span(start, stop)
        assert b"".join(opened.read([stored[first:end]], len(stored), start, stop)) == content[start:stop]


def test_a_file_is_sealed_once_and_says_so():
    sealer = FileSealer(KEYS, bytes(16), BOUND[2], io.BytesIO(b"wall"))
    with pytest.raises(RuntimeError, match=r"^the file key blob exists when every chunk was taken$"):
        _ = sealer.blob
    assert (sum(map(len, sealer)), sealer.size) == (20, 4)
    with pytest.raises(RuntimeError, match=r"^a file is sealed once$"):
        iter(sealer)


def test_a_file_key_shows_its_size_only():
    assert repr(FileKey(b"\x0f" * 32, 7, 1)) == "FileKey(size=7)"
