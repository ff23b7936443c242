"""Sealing again: the same plaintext byte for byte under the newest key; what does not open is told, never rewritten."""

from __future__ import annotations

from uuid import uuid4

import pytest

from portal.vault import Erased, KeyMissing, KeyRing, SealError, Subject, SubjectKind

LABEL = "person.contact"


def test_only_what_is_behind_is_sealed_again(ring: KeyRing, person: Subject):
    row = uuid4()
    blob = ring.seal_group(LABEL, row, person, {"name": "王芳", "later": "x"})
    bound = (row.bytes, person.packed, blob)
    assert ring.reseal_many(LABEL, [bound]) == [None]
    ring.add_version([person.packed])
    (made,) = ring.reseal_many(LABEL, [bound])
    assert isinstance(made, bytes)
    assert (made[2:4], len(made)) == (b"\0\2", len(blob))
    assert ring.open_group(LABEL, row, person, made) == {"name": "王芳", "later": "x"}


def test_another_algorithm(ring: KeyRing, person: Subject):
    row = uuid4()
    blob = ring.seal_group(LABEL, row, person, {"name": "王芳"}, algorithm=2)
    (made,) = ring.reseal_many(LABEL, [(row.bytes, person.packed, blob)])
    assert isinstance(made, bytes)
    assert made[1] == 1
    assert ring.open_group(LABEL, row, person, made) == {"name": "王芳"}


def test_the_key_of_a_file_keeps_its_algorithm(ring: KeyRing, person: Subject):
    file = uuid4()
    blob, stored = ring.seal_file(file, person, b"photo")
    bound = (file.bytes, person.packed, blob)
    assert ring.reseal_many(None, [bound]) == [None]
    ring.add_version([person.packed])
    ring.algorithm = 2
    (made,) = ring.reseal_many(None, [bound])
    assert isinstance(made, bytes)
    assert made[1:4] == b"\1\0\2"
    assert ring.open_file(file, person, made, stored) == b"photo"


def test_a_version_made_elsewhere(ring: KeyRing, open_ring, person: Subject):
    row, other = uuid4(), open_ring()
    assert ring.reseal_many(LABEL, []) == []
    ring.seal_group(LABEL, row, person, {"name": "王芳"})
    other.add_version([person.packed])
    blob = other.seal_group(LABEL, row, person, {"name": "王芳"})
    assert ring.reseal_many(LABEL, [(row.bytes, person.packed, blob)]) == [None]


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b[:-1] + bytes((b[-1] ^ 1,)), lambda b: b[:32]])
def test_what_does_not_open(ring: KeyRing, person: Subject, change):
    row = uuid4()
    blob = change(ring.seal_group(LABEL, row, person, {"name": "王芳"}))
    file_blob = change(ring.seal_file(row, person, b"photo")[0])
    ring.add_version([person.packed])
    for label, one in ((LABEL, blob), (None, file_blob)):
        (said,) = ring.reseal_many(label, [(row.bytes, person.packed, one)])
        assert isinstance(said, SealError)


def test_the_erased_and_the_unknown(ring: KeyRing, person: Subject):
    row, nobody = uuid4(), Subject(SubjectKind.CASE, uuid4())
    blob = ring.seal_group(LABEL, row, person, {"name": "王芳"})
    ring.erase(person)
    rows = [(row.bytes, subject.packed, blob) for subject in (person, nobody)]
    assert [type(one) for one in ring.reseal_many(LABEL, rows)] == [Erased, KeyMissing]
