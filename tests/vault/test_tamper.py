"""The tamper matrix: whatever is done to a sealed group, it does not open, says always the same, and logs nothing."""

from __future__ import annotations

import logging
from uuid import uuid4

import pytest

from portal.vault import KeyRing, SealError, Subject, SubjectKind
from portal.vault.ciphers import AES_256_GCM, SM4_GCM

LABEL = "person.contact"
FIELDS = {"name": "林晓雯", "phone": "+8613800138000", "email": "canary@example.com"}
CANARIES = ("林晓雯", "13800138000", "canary")


class Sealed:
    """A group of a row, and what the matrix swaps it with."""

    def __init__(self, ring: KeyRing, algorithm: int) -> None:
        self.ring, self.row, self.id = ring, uuid4(), uuid4()
        self.subject = Subject(SubjectKind.PERSON, self.id)
        self.other = Subject(SubjectKind.PERSON, uuid4())
        self.tenure = Subject(SubjectKind.TENURE, self.id)
        ring.ensure(self.subject, self.other, self.tenure)
        self.blob = ring.seal_group(LABEL, self.row, self.subject, FIELDS, algorithm=algorithm)

    def refused(self, blob: bytes, *, label: str = LABEL, row=None, subject: Subject | None = None) -> bool:
        """Whether it is refused as it should be."""
        with pytest.raises(SealError) as caught:
            self.ring.open_group(label, row or self.row, subject or self.subject, blob)
        error = caught.value
        return str(error) == "the sealed bytes do not open" and error.__cause__ is None


@pytest.fixture(scope="module", params=[AES_256_GCM, SM4_GCM], ids=["aes", "sm4"])
def sealed(lasting: KeyRing, request: pytest.FixtureRequest) -> Sealed:
    return Sealed(lasting, request.param)


@pytest.fixture(autouse=True)
def nothing_logged(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    yield
    assert not any(canary in caplog.text for canary in CANARIES)


def test_as_it_is(sealed):
    assert sealed.ring.open_group(LABEL, sealed.row, sealed.subject, sealed.blob) == FIELDS


def test_every_byte_flipped(sealed):
    for place in range(len(sealed.blob)):
        for bit in (0x01, 0x80):
            flipped = bytearray(sealed.blob)
            flipped[place] ^= bit
            assert sealed.refused(bytes(flipped)), (place, bit)


def test_every_shorter_length(sealed):
    for length in range(len(sealed.blob)):
        assert sealed.refused(sealed.blob[:length]), length


@pytest.mark.parametrize(
    "more", [b"\0", b"\x80", bytes(32), b"\xff" * 32, bytes(64)], ids=["0", "80", "32", "ff", "64"]
)
def test_extended(sealed, more):
    assert sealed.refused(sealed.blob + more)
    assert sealed.refused(more + sealed.blob)


def test_swapped_with_another_row(sealed):
    assert sealed.refused(sealed.blob, row=uuid4())


def test_swapped_with_another_person(sealed):
    assert sealed.refused(sealed.blob, subject=sealed.other)


def test_the_same_id_of_another_kind(sealed):
    assert sealed.refused(sealed.blob, subject=sealed.tenure)


@pytest.mark.parametrize("label", ["person.identity", "person.contac", "person.contact.", "tenure.contact"])
def test_another_group_or_table(sealed, label):
    assert sealed.refused(sealed.blob, label=label)


@pytest.mark.parametrize("version", [0, 2, 256, 0xFFFF])
def test_another_version(sealed, version):
    assert sealed.refused(sealed.blob[:2] + version.to_bytes(2) + sealed.blob[4:])


def test_every_other_format(sealed):
    for first in set(range(256)) - {0x81}:
        assert sealed.refused(bytes((first,)) + sealed.blob[1:]), first


def test_every_other_algorithm(sealed):
    for algorithm in set(range(256)) - {sealed.blob[1]}:
        assert sealed.refused(sealed.blob[:1] + bytes((algorithm,)) + sealed.blob[2:]), algorithm


def test_empty(sealed):
    assert sealed.refused(b"")


def test_two_blobs_of_the_same_row_mixed(sealed):
    again = sealed.ring.seal_group(LABEL, sealed.row, sealed.subject, FIELDS, algorithm=sealed.blob[1])
    assert sealed.refused(sealed.blob[:16] + again[16:])
    assert sealed.refused(sealed.blob[:-16] + again[-16:])


def test_a_file_key_is_no_group_and_a_group_no_file_key(sealed):
    blob, _ = sealed.ring.seal_file(sealed.row, sealed.subject, b"photo")
    assert sealed.refused(blob)
    with pytest.raises(SealError):
        sealed.ring.opened_file(sealed.row, sealed.subject, sealed.blob)
