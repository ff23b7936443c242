"""Sealed files: chunks, ranges, and what is done to an object."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.vault import Erased, SealError, Subject, SubjectKind
from portal.vault.ciphers import AES_256_GCM, SM4_GCM
from portal.vault.files import CHUNK, STORED, chunk_count, object_length

PATTERN = bytes(number % 251 for number in range(4 * CHUNK))
SIZES = st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK - 7]) | st.integers(0, 4 * CHUNK)


class Trickle(io.RawIOBase):
    """A source that hands out less than it is asked for, as a socket does."""

    def __init__(self, content: bytes, most: int) -> None:
        self._content, self._most = io.BytesIO(content), most

    def read(self, size: int = -1) -> bytes:
        return self._content.read(min(size, self._most))


@given(SIZES, st.data())
@settings(max_examples=60)
def test_any_range_of_any_size(lasting, size, data):
    file_id, subject = uuid4(), Subject(SubjectKind.TENURE, uuid4())
    lasting.ensure(subject)
    content = PATTERN[:size]
    algorithm = data.draw(st.sampled_from([AES_256_GCM, SM4_GCM]))
    sealer = lasting.file_sealer(file_id, subject, io.BytesIO(content), algorithm=algorithm)
    stored = b"".join(sealer)
    opened = lasting.opened_file(file_id, subject, sealer.blob)
    assert (opened.size, sealer.size, len(stored)) == (size, size, object_length(size))
    assert b"".join(opened.read([stored], len(stored))) == content
    start = data.draw(st.integers(0, max(0, size - 1)))
    stop = data.draw(st.integers(min(start + 1, size), size))
    first, end = opened.span(start, stop)
    cut = data.draw(st.integers(1, 2 * STORED))
    pieces = [stored[at : min(at + cut, end)] for at in range(first, end, cut)]
    assert b"".join(opened.read(pieces, len(stored), start, stop)) == content[start:stop]
    assert (end - first) <= stop - start + 2 * STORED


@pytest.mark.parametrize("most", [1000, CHUNK - 1, CHUNK, CHUNK + 1])
def test_a_source_that_trickles(ring, person, most):
    content, file_id = PATTERN[: 2 * CHUNK + 5], uuid4()
    sealer = ring.file_sealer(file_id, person, Trickle(content, most))
    stored = b"".join(sealer)
    assert ring.open_file(file_id, person, sealer.blob, stored) == content


@pytest.mark.parametrize(("start", "stop"), [(5, 5), (0, 0), (-1, 3), (3, 2), (0, 11), (10, 10), (11, None)])
def test_a_range_outside_the_file(ring, person, start, stop):
    file_id = uuid4()
    blob, stored = ring.seal_file(file_id, person, b"0123456789")
    with pytest.raises(ValueError):
        ring.open_file(file_id, person, blob, stored, start, stop)


def test_a_content_is_sealed_once(ring, person):
    sealer = ring.file_sealer(uuid4(), person, io.BytesIO(b"photo"))
    with pytest.raises(RuntimeError):
        _ = sealer.blob
    assert b"".join(sealer)
    with pytest.raises(RuntimeError):
        iter(sealer)


def test_the_same_content_twice_shares_nothing(ring, person):
    one, two = ring.seal_file(uuid4(), person, PATTERN), ring.seal_file(uuid4(), person, PATTERN)
    assert one[0][16:] != two[0][16:]
    assert one[1][:64] != two[1][:64]


@pytest.fixture(scope="module")
def three_chunks(lasting):
    subject, file_id = Subject(SubjectKind.TENURE, uuid4()), uuid4()
    lasting.ensure(subject)
    return file_id, subject, *lasting.seal_file(file_id, subject, PATTERN[: 2 * CHUNK + 100])


def chunks(stored: bytes) -> list[bytes]:
    return [stored[at : at + STORED] for at in range(0, len(stored), STORED)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda parts: parts[:2],
        lambda parts: parts[1:],
        lambda parts: [parts[1], parts[0], parts[2]],
        lambda parts: [parts[0], parts[0], parts[2]],
        lambda parts: [parts[0], parts[1], parts[2][:-1]],
        lambda parts: [*parts, b"\0"],
        lambda parts: [*parts, parts[2]],
        lambda parts: [parts[0], b"", parts[2]],
        lambda parts: [parts[0], parts[1], parts[2][:-1] + b"\0"],
        lambda parts: [b"\0" + parts[0][1:], parts[1], parts[2]],
        lambda parts: [],
    ],
)
def test_a_spoilt_object(lasting, three_chunks, spoil):
    file_id, subject, blob, stored = three_chunks
    spoilt = b"".join(spoil(chunks(stored)))
    with pytest.raises(SealError):
        lasting.open_file(file_id, subject, blob, spoilt)
    # A storage that lies about the length is found out by the chunks themselves.
    with pytest.raises(SealError):
        b"".join(lasting.opened_file(file_id, subject, blob).read([spoilt], len(stored)))


def test_every_byte_of_the_key_blob(lasting, three_chunks):
    file_id, subject, blob, _ = three_chunks
    for place in range(len(blob)):
        with pytest.raises(SealError):
            lasting.opened_file(file_id, subject, blob[:place] + bytes((blob[place] ^ 1,)) + blob[place + 1 :])
        with pytest.raises(SealError):
            lasting.opened_file(file_id, subject, blob[:place])


def test_another_file_or_subject(lasting, three_chunks):
    file_id, subject, blob, _ = three_chunks
    other = Subject(SubjectKind.TENURE, uuid4())
    lasting.ensure(other, Subject(SubjectKind.PERSON, subject.id))
    for asked in ((uuid4(), subject), (file_id, other), (file_id, Subject(SubjectKind.PERSON, subject.id))):
        with pytest.raises(SealError):
            lasting.opened_file(*asked, blob)


def test_what_was_given_out_before_a_spoilt_chunk_is_genuine(lasting, three_chunks):
    file_id, subject, blob, stored = three_chunks
    spoilt = bytearray(stored)
    spoilt[STORED + 5] ^= 1
    reading = lasting.opened_file(file_id, subject, blob).read([bytes(spoilt)], len(stored))
    assert next(reading) == PATTERN[:CHUNK]
    with pytest.raises(SealError):
        next(reading)


def test_a_range_asks_for_its_chunks_only(lasting, three_chunks):
    file_id, subject, blob, _ = three_chunks
    opened = lasting.opened_file(file_id, subject, blob)
    assert opened.span(CHUNK, CHUNK + 1) == (STORED, 2 * STORED)
    assert opened.span(CHUNK - 1, CHUNK + 1) == (0, 2 * STORED)
    assert opened.span(2 * CHUNK) == (2 * STORED, opened.object_length)
    assert chunk_count(opened.size) == 3


def test_more_of_the_object_than_the_range_asked_for(lasting, three_chunks):
    file_id, subject, blob, stored = three_chunks
    opened = lasting.opened_file(file_id, subject, blob)
    reading = opened.read([stored], len(stored), 10, 20)
    assert next(reading) == PATTERN[10:20]
    with pytest.raises(SealError):
        next(reading)


def test_a_file_moves_to_another_subject_and_its_object_stays(ring, person):
    file_id, tenure = uuid4(), Subject(SubjectKind.TENURE, uuid4())
    blob, stored = ring.seal_file(file_id, person, b"a wall")
    ring.ensure(tenure)
    moved = ring.rewrap_file(file_id, person, tenure, blob)
    assert ring.open_file(file_id, tenure, moved, stored) == b"a wall"
    with pytest.raises(SealError):
        ring.open_file(file_id, person, moved, stored)
    ring.erase(person)
    assert ring.open_file(file_id, tenure, moved, stored) == b"a wall"
    with pytest.raises(Erased):
        ring.open_file(file_id, person, blob, stored)


def test_a_rewrap_keeps_the_algorithm(ring, person):
    file_id = uuid4()
    sealer = ring.file_sealer(file_id, person, io.BytesIO(b"a wall"), algorithm=SM4_GCM)
    stored = b"".join(sealer)
    again = ring.rewrap_file(file_id, person, person, sealer.blob)
    assert (again[1], again != sealer.blob) == (SM4_GCM, True)
    assert ring.open_file(file_id, person, again, stored) == b"a wall"
