"""Subjects' keys: made once, found again, destroyed for ever, and what other processes see of it."""

from __future__ import annotations

import pickle
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import sleep
from uuid import UUID, uuid4

import pytest

from portal.vault import Erased, KeyMissing, KeyStoreError, SealError, Subject, SubjectKind, engines
from portal.vault.cache import KeyCache
from portal.vault.datakeys import DataKeys
from portal.vault.wrapping import KEY, data_context, wrap

LABEL = "person.contact"


def a_person() -> Subject:
    return Subject(SubjectKind.PERSON, uuid4())


def sealed(ring, subject):
    row = uuid4()
    return row, ring.seal_group(LABEL, row, subject, {"name": "王芳"})


def stored(settings, statement: str, *values):
    with closing(sqlite3.connect(settings.instance / "keys.sqlite")) as connection:
        found = connection.execute(statement, values).fetchall()
        connection.commit()
        return found


def test_a_key_is_made_once(ring, settings, person, open_ring):
    row, blob = sealed(ring, person)
    ring.ensure(person)
    open_ring().ensure(person, person)
    assert len(stored(settings, "SELECT * FROM vault_data_key")) == 1
    assert open_ring().open_group(LABEL, row, person, blob) == {"name": "王芳"}


def test_many_at_once(ring, settings, open_ring):
    subjects = [Subject(kind, uuid4()) for kind in SubjectKind for _ in range(300)]
    ring.ensure(*subjects)
    assert len(stored(settings, "SELECT * FROM vault_data_key")) == 1200
    rows = [(uuid4(), subject) for subject in subjects]
    blobs = [ring.seal_group(LABEL, row, subject, {"name": str(row)}) for row, subject in rows]
    wanted = [(row.bytes, subject.packed, blob) for (row, subject), blob in zip(rows, blobs, strict=True)]
    assert open_ring().open_many(LABEL, wanted) == [{"name": str(row)} for row, _ in rows]


def test_opening_many_leaves_out_what_does_not_open(ring, person):
    other, gone = a_person(), a_person()
    ring.ensure(other, gone)
    (one, blob), (two, erased) = sealed(ring, person), sealed(ring, gone)
    ring.erase(gone)
    wanted = [
        (one.bytes, person.packed, blob),
        (one.bytes, other.packed, blob),
        (two.bytes, gone.packed, erased),
        (one.bytes, a_person().packed, blob),
    ]
    assert ring.open_many(LABEL, wanted) == [{"name": "王芳"}, None, None, None]


def test_without_a_key(ring):
    with pytest.raises(KeyMissing):
        ring.seal_group(LABEL, uuid4(), a_person(), {"name": "王芳"})
    with pytest.raises(KeyMissing):
        ring.open_group(LABEL, uuid4(), a_person(), b"\x81\x01\x00\x01" + bytes(60))


def test_the_same_id_of_another_kind_is_another_subject(ring, settings):
    shared = uuid4()
    ring.ensure(*(Subject(kind, shared) for kind in SubjectKind))
    wrapped = {row[0] for row in stored(settings, "SELECT wrapped FROM vault_data_key")}
    assert len(wrapped) == 4


def test_erased(ring, person, open_ring):
    row, blob = sealed(ring, person)
    other = a_person()
    ring.ensure(other)
    kept = sealed(ring, other)
    ring.erase(person)
    for opened in (ring, open_ring()):
        with pytest.raises(Erased):
            opened.open_group(LABEL, row, person, blob)
        with pytest.raises(Erased):
            opened.seal_group(LABEL, row, person, {"name": "王芳"})
        with pytest.raises(Erased):
            opened.ensure(person)
        with pytest.raises(Erased):
            opened.ensure(a_person(), person)
        assert opened.open_group(LABEL, kept[0], other, kept[1]) == {"name": "王芳"}


def test_erasing_again_or_before_there_is_a_key(ring, person, settings):
    never = a_person()
    for subject in (person, person, never, never):
        ring.erase(subject)
    assert len(stored(settings, "SELECT * FROM vault_erased_subject")) == 2
    with pytest.raises(Erased):
        ring.ensure(never)


def test_nothing_of_a_destroyed_key_stays_in_the_files(ring, person, settings):
    (wrapped,) = stored(settings, "SELECT wrapped FROM vault_data_key")[0]
    ring.erase(person)
    assert b"".join(path.read_bytes() for path in settings.instance.glob("keys.sqlite*")).count(wrapped[12:]) == 0


def test_two_that_empty_the_log_wait_for_each_other(ring, person, settings):
    # SQLite asks nobody to wait who finds another at it: the second one is told "busy" at once.
    reader = sqlite3.connect(settings.instance / "keys.sqlite", isolation_level=None, check_same_thread=False)
    with closing(reader), ThreadPoolExecutor(2) as threads:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM vault_data_key").fetchall()
        ring._keys.announce()  # something to empty that the reader does not know yet
        both = [threads.submit(ring._keys.overwrite) for _ in range(2)]
        sleep(0.3)
        assert not any(one.done() for one in both)
        reader.execute("COMMIT")
        assert [one.result() for one in both] == [None, None]


def test_a_log_that_is_in_use_is_told_and_emptied_later(person, settings, open_ring, monkeypatch):
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0)
    ring = open_ring()
    (wrapped,) = stored(settings, "SELECT wrapped FROM vault_data_key")[0]
    with closing(sqlite3.connect(settings.instance / "keys.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM vault_data_key").fetchall()
        with pytest.raises(KeyStoreError, match="in use and could not be emptied; try again"):
            ring.erase(person)
        with pytest.raises(Erased):
            ring.ensure(person)
    ring.erase(person)
    assert b"".join(path.read_bytes() for path in settings.instance.glob("keys.sqlite*")).count(wrapped[12:]) == 0


def test_erasure_reaches_another_process_at_its_next_look(ring, person, open_ring):
    elsewhere = open_ring()
    row, blob = sealed(ring, person)
    assert elsewhere.open_group(LABEL, row, person, blob)
    ring.erase(person)
    elsewhere.refresh()
    with pytest.raises(Erased):
        elsewhere.open_group(LABEL, row, person, blob)


def test_a_refresh_without_a_change_keeps_the_cache(ring, person):
    keys = ring._subjects.of(person.packed)
    ring.refresh()
    assert ring._subjects.of(person.packed) is keys


def new_version(ring, subject: Subject, version: int) -> None:
    """What rotation will do in another process: a further version, committed to the store."""
    epochs, store = ring._epochs, ring._keys
    row = store.sample()[0]._replace(subject=subject.packed, version=version, epoch=1)
    wrapped = wrap(epochs.key(1), bytes((version % 256,)) * KEY, data_context(1, subject.packed, version))
    with store.writing() as connection:
        store.add(connection, [row._replace(wrapped=wrapped)])


def test_a_version_made_elsewhere_is_read_without_a_restart(ring, person, open_ring):
    old, elsewhere = sealed(ring, person), open_ring()
    elsewhere.open_group(LABEL, old[0], person, old[1])
    new_version(ring, person, 258)
    fresh = open_ring()
    row, blob = sealed(fresh, person)
    assert blob[2:4] == b"\x01\x02"
    assert elsewhere.open_group(LABEL, row, person, blob) == {"name": "王芳"}
    assert fresh.open_group(LABEL, old[0], person, old[1]) == {"name": "王芳"}
    file_id = uuid4()
    key, stored_object = fresh.seal_file(file_id, person, b"photo")
    assert ring.open_file(file_id, person, key, stored_object) == b"photo"


def test_a_key_of_the_store_that_was_changed_does_not_open(ring, person, settings, open_ring):
    row, blob = sealed(ring, person)
    other, elsewhere = a_person(), open_ring()
    ring.ensure(other)
    theirs = "(SELECT wrapped FROM vault_data_key WHERE subject = ?)"
    change = f"UPDATE vault_data_key SET wrapped = {theirs} WHERE subject = ?"
    stored(settings, change, other.id.bytes, person.id.bytes)
    with pytest.raises(SealError):
        elsewhere.open_group(LABEL, row, person, blob)


@pytest.mark.parametrize("processes", [1, 4])
def test_two_threads_ensure_the_same_subject(ring, settings, open_ring, processes):
    rings = [ring, *(open_ring() for _ in range(processes - 1))]
    for _ in range(10):
        subject, start = a_person(), threading.Barrier(8)
        blobs: list[tuple[UUID, bytes]] = []

        def first(number, subject=subject, blobs=blobs, start=start):
            mine = rings[number % len(rings)]
            start.wait()
            mine.ensure(subject)
            blobs.append(sealed(mine, subject))

        in_threads(first, 8)
        assert len(blobs) == 8
        assert all(ring.open_group(LABEL, row, subject, blob) for row, blob in blobs)
    assert stored(settings, "SELECT max(version), count(*) FROM vault_data_key") == [(1, 10)]


def test_ensuring_against_erasing(ring, open_ring, settings):
    elsewhere = open_ring()
    for _ in range(15):
        subject, start = a_person(), threading.Barrier(2)
        answers: list[str] = []

        def race(number, subject=subject, start=start, answers=answers):
            start.wait()
            try:
                elsewhere.ensure(subject) if number else ring.erase(subject)
            except Erased:
                answers.append("erased")

        in_threads(race, 2)
        assert answers in ([], ["erased"])
        with pytest.raises(Erased):
            ring.ensure(subject)
    assert stored(settings, "SELECT count(*) FROM vault_data_key") == [(0,)]


def test_threads_that_read_while_keys_come_and_go(ring):
    subjects = [a_person() for _ in range(40)]
    ring.ensure(*subjects)
    rows = [(subject, *sealed(ring, subject)) for subject in subjects]
    gone, failures = set(subjects[::4]), []

    def reads(_number):
        for _ in range(15):
            for subject, row, blob in rows:
                try:
                    assert ring.open_group(LABEL, row, subject, blob) == {"name": "王芳"}
                except Erased:
                    if subject not in gone:
                        failures.append(subject)
            ring.refresh()

    def erases(number):
        if number:
            return reads(number)
        for subject in gone:
            ring.erase(subject)
        return None

    in_threads(erases, 4)
    assert failures == []


def in_threads(work, count: int) -> None:
    """Run ``work(0)`` to ``work(count - 1)`` at once; what one raises is raised here."""
    with ThreadPoolExecutor(count) as threads:
        list(threads.map(work, range(count)))


def keys_of(number: int) -> DataKeys:
    return DataKeys({1: bytes((number,)) * 32}, development=True)


def test_the_cache_keeps_what_was_used_last():
    cache = KeyCache(subjects=3)
    for number in range(3):
        cache.put(0, {bytes((number,)): keys_of(number)})
    assert cache.get(b"\0") is not None
    cache.put(0, {b"\3": keys_of(3)})
    assert [cache.get(bytes((number,))) is not None for number in range(4)] == [True, False, True, True]
    assert len(cache) == 3


def test_the_cache_forgets_after_a_while():
    cache = KeyCache(seconds=-1)
    cache.put(0, {b"a": keys_of(1)})
    assert cache.get(b"a") is None
    assert cache.get_many([b"a"]) == {}


def test_what_was_read_before_a_change_is_not_taken_in_after_it():
    cache = KeyCache()
    cache.forget(7)
    cache.put(6, {b"a": keys_of(1)})
    assert cache.get(b"a") is None


def test_keys_show_nowhere(ring, person):
    keys = ring._subjects.of(person.packed)
    for thing in (ring, keys, ring._secrets, ring._subjects, ring._keys, ring._epochs):
        assert "object at" in repr(thing)
    with pytest.raises(TypeError):
        pickle.dumps(ring)


def test_a_subject_is_its_kind_and_id():
    one = Subject(SubjectKind.TENURE, UUID(int=5))
    assert one.packed == b"\x02" + bytes(15) + b"\x05"
    assert one == Subject(SubjectKind.TENURE, UUID(int=5))
    assert len({one, Subject(SubjectKind.CASE, UUID(int=5))}) == 2
