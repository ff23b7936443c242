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


def test_all_groups_of_a_row(ring: KeyRing, person: Subject):
    row, gone, nobody = uuid4(), Subject(SubjectKind.CASE, uuid4()), Subject(SubjectKind.CASE, uuid4())
    ring.ensure(gone)
    labels = [LABEL, "person.identity", "person.other"]
    old = [ring.seal_group(label, row, person, {"name": "王芳"}) for label in labels[:2]]
    lost = ring.seal_group(LABEL, row, gone, {"name": "王芳"})
    broken = [old[0][:-1] + bytes((old[0][-1] ^ 1,)), old[1], b"\1" * 64]
    ring.add_version([person.packed])
    ring.erase(gone)
    new = ring.seal_group(LABEL, row, person, {"name": "王芳"})
    rows = [
        (row.bytes, person.packed, [*old, None]),
        (row.bytes, person.packed, [new, old[1], None]),
        (row.bytes, person.packed, broken),
        (row.bytes, gone.packed, [lost, None, None]),
        (row.bytes, nobody.packed, [lost, None, None]),
    ]
    whole, half, wrong, erased, unknown = ring.reseal_rows(labels, rows)
    for label, blob in zip(labels, whole[:2], strict=False):
        assert blob[2:4] == b"\0\2"
        assert ring.open_group(label, row, person, blob) == {"name": "王芳"}
    assert whole[2] is None
    assert half[0] is None
    assert ring.open_group(labels[1], row, person, half[1]) == {"name": "王芳"}
    assert isinstance(wrong[0], SealError)
    assert ring.open_group(labels[1], row, person, wrong[1]) == {"name": "王芳"}
    assert isinstance(wrong[2], SealError)
    assert isinstance(erased[0], Erased)
    assert isinstance(unknown[0], KeyMissing)
