"""Every sealed group of the portal's own models, read as a page reads it, after whatever can be done to its blob."""

from __future__ import annotations

import logging
from itertools import permutations
from uuid import uuid4

import pytest

from portal import asgi
from portal.models.base import Model
from portal.models.fields import SealedGroup, SealedRow, groups_of, open_many
from portal.vault import SealError, Subject, SubjectKind, ring
from portal.vault.ciphers import AES_256_GCM, SM4_GCM

CANARY = "鹧鸪 zhegu-canary-77"
MODELS = [mapper.class_ for mapper in Model.registry.mappers if issubclass(mapper.class_, SealedRow)]
GROUPS = [(model, group) for model in MODELS for group in groups_of(model)]

assert asgi  # it imports every model


@pytest.fixture(autouse=True)
def nothing_logged(caplog):
    caplog.set_level(logging.DEBUG)
    yield
    assert "canary" not in caplog.text


class Held:
    """A row with one group sealed, never in a session: the descriptor reads it like any other."""

    def __init__(self, model: type[SealedRow], group: SealedGroup, algorithm: int = AES_256_GCM) -> None:
        self.model, self.group = model, group
        self.row = model(id=uuid4())
        self.row.sealed_subject = self.subject = Subject(SubjectKind.PERSON, uuid4())
        ring().ensure(self.subject)
        values = dict.fromkeys(group.fields, CANARY)
        self.blob = ring().seal_group(group.label, self.row.id, self.subject, values, algorithm=algorithm)
        self.put(self.blob)

    def put(self, blob: bytes | None) -> None:
        setattr(self.row, self.group.column, blob)

    def read(self) -> set[str | None]:
        return {getattr(self.row, name) for name in vars(self.model) if name in self.group.fields}

    def refused(self, blob: bytes) -> bool:
        """Whether each way of reading refuses it in the same words."""
        self.put(blob)
        open_many([self.row], self.group)
        said = set()
        for read in (self.read, lambda: self.group.values(self.row), lambda: self.group.__get__(self.row, self.model)):
            with pytest.raises(SealError) as caught:
                read()
            said.add(str(caught.value))
        told = repr(self.row) + repr(vars(self.row)) + repr(caught.value)
        return said == {"the sealed bytes do not open"} and "canary" not in told


@pytest.fixture(params=GROUPS, ids=lambda pair: pair[1].label)
def pair(request):
    return request.param


@pytest.fixture(params=[AES_256_GCM, SM4_GCM], ids=["aes", "sm4"])
def held(app, pair, request) -> Held:
    return Held(*pair, request.param)


def test_every_group_is_here():
    assert {"person.contact", "person.identity", "person.address", "event.note"} <= {g.label for _, g in GROUPS}
    assert len(GROUPS) >= 7


def test_as_it_is(held):
    assert held.read() == {CANARY}


def test_every_byte_flipped(held):
    for place, byte in enumerate(held.blob):
        assert held.refused(held.blob[:place] + bytes((byte ^ 1 << place % 8,)) + held.blob[place + 1 :]), place


def test_truncated_and_extended(held):
    for length in {0, 1, 4, 16, 31, 32, 63, 64, *range(len(held.blob) - 34, len(held.blob))}:
        assert held.refused(held.blob[:length]), length
    for more in (b"\0", bytes(32), b"\x80" + bytes(31), held.blob):
        assert held.refused(held.blob + more)


def test_downgraded(held):
    blob = held.blob
    for first in (0x00, 0x01, 0x02, 0x80, 0x82, 0xFF):
        assert held.refused(bytes((first,)) + blob[1:])
    for algorithm in {0, 1, 2, 3, 255} - {blob[1]}:
        assert held.refused(blob[:1] + bytes((algorithm,)) + blob[2:])
    for version in (0, 2, 256, 65_535):
        assert held.refused(blob[:2] + version.to_bytes(2) + blob[4:])


def test_of_another_row_or_person(app, pair, held):
    other = Held(*pair)
    assert held.refused(other.blob)
    other.put(held.blob)
    assert other.refused(held.blob)
    for kind in set(SubjectKind) - {held.subject.kind}:
        held.row.sealed_subject = Subject(kind, held.subject.id)
        ring().ensure(held.row.sealed_subject)
        assert held.refused(held.blob)


@pytest.mark.parametrize(("one", "other"), list(permutations(GROUPS, 2)), ids=lambda pair: pair[1].label)
def test_of_another_group_or_table(app, one, other):
    """Even with the same row id and person, as a row and its copy in another table could have."""
    first, second = Held(*one), Held(*other)
    second.row.id, second.row.sealed_subject = first.row.id, first.subject
    assert second.refused(first.blob)


def test_null_reads_as_nothing(held):
    """The format says so: a blob set to NULL is for the audit chain to find."""
    held.put(None)
    assert held.read() == {None}
