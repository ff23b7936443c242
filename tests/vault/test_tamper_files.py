"""The chunks of two files in every mixture: only each file's own, whole and in order, is read."""

from __future__ import annotations

import io
from contextlib import suppress
from itertools import permutations, product
from uuid import uuid4

import pytest

from portal.vault import KeyRing, SealError, Subject, SubjectKind
from portal.vault.ciphers import AES_256_GCM, SM4_GCM
from portal.vault.files import CHUNK, STORED

SIZE = 3 * CHUNK + 100


class Files:
    """Two files of one household, each of four chunks."""

    def __init__(self, ring: KeyRing, algorithm: int) -> None:
        self.ring, self.subject = ring, Subject(SubjectKind.TENURE, uuid4())
        ring.ensure(self.subject)
        self.ids = [uuid4(), uuid4()]
        self.blobs, self.chunks = [], []
        for number, file_id in enumerate(self.ids):
            content = io.BytesIO(bytes((number,)) * SIZE)
            sealer = ring.file_sealer(file_id, self.subject, content, algorithm=algorithm)
            stored = b"".join(sealer)
            self.chunks.append([stored[at : at + STORED] for at in range(0, len(stored), STORED)])
            self.blobs.append(sealer.blob)

    def reads(self, chunks: tuple[bytes, ...], told: int | None = None) -> bool:
        """Whether the first file reads from these; ``told`` is a length the storage may lie about."""
        opened = self.ring.opened_file(self.ids[0], self.subject, self.blobs[0])
        with suppress(SealError):
            return b"".join(opened.read(chunks, told or sum(map(len, chunks)))) == bytes(SIZE)
        return False


@pytest.fixture(scope="module", params=[AES_256_GCM, SM4_GCM], ids=["aes", "sm4"])
def files(lasting, request) -> Files:
    return Files(lasting, request.param)


def test_every_mixture(files):
    """A place takes any chunk of its own file or the other's at the same place: 5^4 objects, one is right."""
    mine, theirs = files.chunks
    right = [
        picked
        for picked in product(*([*range(4), 4 + place] for place in range(4)))
        if files.reads(tuple((mine + theirs)[number] for number in picked), 3 * STORED + 116)
    ]
    assert right == [(0, 1, 2, 3)]


def test_every_order_and_every_part(files):
    mine = files.chunks[0]
    for length in range(6):
        for picked in permutations(range(4), length) if length < 5 else [(0, 1, 2, 2, 3), (0, 1, 2, 3, 3)]:
            assert files.reads(tuple(mine[number] for number in picked)) == (picked == (0, 1, 2, 3)), picked


def test_two_key_blobs_exchanged(files):
    for blob, file_id in ((files.blobs[0], files.ids[1]), (files.blobs[1], files.ids[0])):
        with pytest.raises(SealError, match=r"^the sealed bytes do not open$"):
            files.ring.opened_file(file_id, files.subject, blob)
    assert files.ring.opened_file(files.ids[1], files.subject, files.blobs[1]).size == SIZE


def test_another_size_or_algorithm_in_the_row(files):
    blob = files.blobs[0]
    for place in (1, 2, 3, *range(16 + 32, 16 + 40)):
        with pytest.raises(SealError):
            files.ring.opened_file(
                files.ids[0], files.subject, blob[:place] + bytes((blob[place] ^ 3,)) + blob[place + 1 :]
            )
