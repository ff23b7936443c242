"""What rotating rests on: versions of data keys, the two columns of an index, and word of changes."""

from __future__ import annotations

from uuid import uuid4

import pytest

from portal import clock
from portal.vault import Erased, KeyRing, KeyStoreError, SealError, Subject, SubjectKind
from portal.vault.ciphers import SM4_GCM
from portal.vault.keystore import KeyStore
from tests.vault.conftest import demo_settings
from tests.vault.dying import killed
from tests.vault.test_opening import change

LABEL, PHONE = "person.contact", "138 0013 8000"


def sealed(ring: KeyRing, subject: Subject):
    row = uuid4()
    return row, ring.seal_group(LABEL, row, subject, {"name": "王芳"})


def index(ring: KeyRing, slot: int | None = None) -> bytes | None:
    return ring.blind_index(LABEL, "phone", "phone", PHONE, slot)


def of(ring: KeyRing, subject: Subject) -> list[int]:
    return next((list(found.versions) for found in ring.subjects() if found.subject == subject.packed), [])


def test_a_further_version_seals_and_both_open(ring, person, open_ring):
    elsewhere = open_ring()
    row, blob = sealed(ring, person)
    assert elsewhere.open_group(LABEL, row, person, blob)
    ring.add_version([person.packed])
    newer_row, newer = sealed(ring, person)
    assert (blob[2:4], newer[2:4]) == (b"\0\1", b"\0\2")
    old_row, older = sealed(elsewhere, person)
    assert older[2:4] == b"\0\1"
    wanted = [(row, blob), (newer_row, newer), (old_row, older)]
    for opened in (ring, elsewhere):
        assert opened.open_many(LABEL, [(r.bytes, person.packed, b) for r, b in wanted]) == [{"name": "王芳"}] * 3


def test_after_the_word_nobody_seals_under_the_old_version(ring, person, open_ring):
    elsewhere = open_ring()
    sealed(elsewhere, person)
    ring.add_version([person.packed])
    ring.announce()
    elsewhere.refresh()
    assert sealed(elsewhere, person)[1][2:4] == b"\0\2"


def test_a_version_that_is_nowhere_does_not_open(ring, person):
    row, blob = sealed(ring, person)
    assert ring.open_many(LABEL, [(row.bytes, person.packed, blob[:2] + b"\0\7" + blob[4:])]) == [None]


def test_a_version_is_made_for_those_that_have_a_key_only(ring, person):
    gone, never = Subject(SubjectKind.PERSON, uuid4()), Subject(SubjectKind.PERSON, uuid4())
    ring.ensure(gone)
    ring.erase(gone)
    ring.add_version([gone.packed, never.packed, person.packed, person.packed])
    assert of(ring, person) == [1, 2]
    assert [found.subject for found in ring.subjects()] == [person.packed]
    with pytest.raises(Erased):
        sealed(ring, gone)


def test_the_newest_versions_that_are_old_enough(ring):
    subjects = sorted(Subject(kind, uuid4()).packed for kind in SubjectKind for _ in range(3))
    ring._subjects.ensure(subjects)
    ring.add_version(subjects[:2])
    now = int(clock.now().timestamp()) + 1
    after, walked, many = b"", {}, 1
    while many:
        after, many, found = ring.newest_versions(after, 5, now)
        walked |= found
    assert walked == {one: 2 if one in subjects[:2] else 1 for one in subjects}
    assert ring.subject_count() == len(subjects)
    assert ring.newest_versions(b"", 5, now - 60)[1:] == (5, {})


def test_more_versions_than_subjects_are_asked_for(ring, person):
    other = Subject(SubjectKind.CASE, uuid4())
    ring.ensure(other)
    for _ in range(8):
        ring.add_version([person.packed])
    assert of(ring, person) == list(range(1, 10))
    assert [found.subject for found in ring.subjects(b"", 1)] == [person.packed]
    assert [found.subject for found in ring.subjects(person.packed, 1)] == [other.packed]


def test_who_is_erased_between_the_look_and_the_key_gets_none(ring, person, open_ring):
    other = Subject(SubjectKind.PERSON, uuid4())
    ring.ensure(other)
    _, _, found = ring.newest_versions(b"", 10, int(clock.now().timestamp()) + 1)
    open_ring().erase(other)
    ring.add_version(found)
    assert of(ring, person) == [1, 2]
    assert of(ring, other) == []
    with pytest.raises(Erased):
        sealed(ring, other)


def test_a_version_that_another_was_quicker_to_make(ring, person, open_ring):
    _, _, found = ring.newest_versions(b"", 10, int(clock.now().timestamp()) + 1)
    open_ring().add_version([person.packed])
    ring.add_version(found)
    assert of(ring, person) == [1, 2, 3]


def test_old_versions_are_dropped_everywhere(ring, person, open_ring, settings):
    elsewhere = open_ring()
    row, blob = sealed(ring, person)
    elsewhere.open_group(LABEL, row, person, blob)
    ring.add_version([person.packed])
    kept = sealed(ring, person)
    ring.drop_versions({person.packed: 2})
    elsewhere.refresh()
    for opened in (ring, elsewhere):
        with pytest.raises(SealError):
            opened.open_group(LABEL, row, person, blob)
        assert opened.open_group(LABEL, kept[0], person, kept[1])
    assert of(ring, person) == [2]
    assert (settings.instance / "keys.sqlite-wal").stat().st_size == 0


@pytest.mark.parametrize("named", [0, 1, 2, 3, 65535])
def test_the_highest_version_is_never_dropped(ring, person, named):
    ring.add_version([person.packed])
    ring.drop_versions({person.packed: named})
    assert of(ring, person) == ([1, 2] if named < 2 else [2])


def test_every_subject_once_from_any_place(ring):
    subjects = [Subject(kind, uuid4()) for kind in SubjectKind for _ in range(5)]
    ring.ensure(*subjects)
    ring.add_version(subject.packed for subject in subjects[::2])
    ordered = sorted(subject.packed for subject in subjects)
    after, walked = b"", []
    while batch := ring.subjects(after, 3):
        walked += batch
        after = batch[-1].subject
    assert [found.subject for found in walked] == ordered
    twice = {subject.packed for subject in subjects[::2]}
    assert all(list(found.versions) == ([1, 2] if found.subject in twice else [1]) for found in walked)


def test_who_listens_hears_of_every_change(ring, person, open_ring):
    heard = []
    elsewhere = open_ring()
    elsewhere.on_change(lambda: heard.append(elsewhere.generation))
    elsewhere.refresh()
    assert heard == []
    ring.erase(person)
    elsewhere.refresh()
    elsewhere.refresh()
    assert heard == [ring.generation]


def test_at_rest_one_column_is_in_use(ring):
    assert ring.index_slots() == {0: ("index", 1, True, 1)}
    assert ring.searched_slot == 0
    assert index(ring) == index(ring, 0)
    assert not ring.index_is_wanted
    with pytest.raises(KeyStoreError, match="index column 1 is not in use"):
        index(ring, 1)


def test_an_index_rotation(ring, open_ring):
    elsewhere, before = open_ring(), index(ring)
    assert ring.begin_index_rotation() == 1
    assert ring.begin_index_rotation() == 1
    elsewhere.refresh()
    for opened in (ring, elsewhere):
        assert opened.index_slots() == {0: ("index", 1, True, 1), 1: ("index", 2, False, 2)}
        assert opened.searched_slot == 0
        assert index(opened) == index(opened, 0) == before != index(opened, 1)
    with pytest.raises(KeyStoreError, match="not filled yet"):
        ring.end_index_rotation()
    ring.index_filled()
    elsewhere.refresh()
    assert ring.searched_slot == elsewhere.searched_slot == 1
    after = index(elsewhere)
    ring.end_index_rotation()
    ring.end_index_rotation()
    elsewhere.refresh()
    assert ring.index_slots() == elsewhere.index_slots() == {1: ("index", 2, True, 2)}
    assert index(ring) == index(elsewhere) == after
    assert [row.version for row in ring._keys.secrets() if row.name == "index"] == [2]


def test_rotated_again_and_again_no_number_is_used_twice(ring):
    seen = {index(ring)}
    for turn in range(2, 6):
        ring.begin_index_rotation()
        ring.index_filled()
        ring.end_index_rotation()
        assert list(ring.index_slots().values()) == [("index", turn, True, turn)]
        seen.add(index(ring))
    assert len(seen) == 5
    assert ring.standing().secrets == {"audit": [1], "index": [5], "index-sm3": [1], "session": [1]}


@pytest.mark.parametrize(
    ("name", "moment"),
    [("raise_generation", "before"), ("raise_generation", "after"), ("overwrite", "before"), ("overwrite", "after")],
)
@pytest.mark.parametrize("step", ["begin_index_rotation", "index_filled", "end_index_rotation"])
def test_killed_in_any_step_of_an_index_rotation(ring, settings, open_ring, step, name, moment):
    steps = ["begin_index_rotation", "index_filled", "end_index_rotation"]
    for earlier in steps[: steps.index(step)]:
        getattr(ring, earlier)()
    (old,) = [row.wrapped for row in ring._keys.secrets() if (row.name, row.version) == ("index", 1)]
    ring.close()

    def work():
        getattr(KeyRing.open(settings), step)()

    assert killed(work, KeyStore, name, moment) or (name == "overwrite" and step != "end_index_rotation")
    again = open_ring()
    assert index(again) is not None
    for later in steps:
        getattr(again, later)()
    assert again.index_slots() == {1: ("index", 2, True, 2)} or step == "end_index_rotation"
    assert old[12:] not in b"".join(path.read_bytes() for path in settings.instance.glob("keys.sqlite*"))


def test_a_store_of_an_earlier_release(ring, settings, open_ring):
    before = index(ring)
    change(
        settings, "keys.sqlite", "DROP TABLE vault_index_column", "DELETE FROM vault_secret WHERE name = 'index-sm3'"
    )
    later = KeyRing.open(demo_settings(settings.instance, PORTAL_ALGORITHM="sm4"))
    assert later.index_slots() == {0: ("index", 1, True, 1)}
    assert later.index_is_wanted
    assert index(later) == before
    assert later.begin_index_rotation() == 1
    later.index_filled()
    later.end_index_rotation()
    assert later.index_slots() == {1: ("index-sm3", 1, True, 2)}
    assert index(later) != before
    later.close()
    fresh = open_ring()
    assert fresh.secret("index")
    assert fresh.index_is_wanted
    fresh.begin_index_rotation()
    assert fresh.index_slots()[0] == ("index", 3, False, 3)


def test_the_national_algorithms_from_the_beginning(tmp_path):
    settings = demo_settings(tmp_path, PORTAL_ALGORITHM="sm4")
    ring = KeyRing.create(settings)
    person, file_id = Subject(SubjectKind.PERSON, uuid4()), uuid4()
    ring.ensure(person)
    row, blob = sealed(ring, person)
    key, stored = ring.seal_file(file_id, person, b"photo")
    assert blob[1] == key[1] == SM4_GCM
    assert ring.index_slots() == {0: ("index-sm3", 1, True, 1)}
    ring.close()
    other = KeyRing.open(demo_settings(tmp_path))
    newer_row, newer = sealed(other, person)
    assert newer[1] == 1
    assert (
        other.open_many(LABEL, [(row.bytes, person.packed, blob), (newer_row.bytes, person.packed, newer)])
        == [{"name": "王芳"}] * 2
    )
    assert other.open_file(file_id, person, key, stored) == b"photo"
    assert index(other) is not None
    other.close()
