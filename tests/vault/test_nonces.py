"""No nonce twice: over millions of seals, in forked processes, in threads; and a cache that threads share."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from portal.vault import Subject, SubjectKind
from portal.vault.cache import KeyCache
from portal.vault.datakeys import DataKeys
from tests.vault.test_subjects import in_threads

LABEL, ROW = "person.contact", UUID(int=5)


@pytest.mark.parametrize(
    "count",
    [100_000, pytest.param(10_000_000, marks=[pytest.mark.long, pytest.mark.timeout(3600)])],
    ids=["quick", "long"],
)
def test_no_nonce_comes_twice(lasting, count):
    """Kept by their first byte, so that ten million take 120 MB and not a gigabyte."""
    subject = Subject(SubjectKind.PERSON, uuid4())
    lasting.ensure(subject)
    kept = [bytearray() for _ in range(256)]
    for _ in range(count):
        nonce = lasting.seal_group(LABEL, ROW, subject, {"a": ""})[4:16]
        kept[nonce[0]] += nonce
    for bucket in kept:
        number = len(bucket) // 12
        assert len({bytes(bucket[at : at + 12]) for at in range(0, len(bucket), 12)}) == number
        assert abs(number - count / 256) < 6 * (count / 256) ** 0.5  # six deviations: no bucket is favoured


def drawn(ring, subject: Subject, count: int) -> list[bytes]:
    """Every random thing that sealing draws: nonces of groups and blobs, and file keys by what they make of zeros."""
    found = []
    for _ in range(count):
        blob, stored = ring.seal_file(ROW, subject, bytes(12))
        found += [ring.seal_group(LABEL, ROW, subject, {"a": ""})[4:16], blob[4:16], stored[:12]]
    return found


def test_forked_processes_share_nothing(ring, person):
    seen = drawn(ring, person, 100)
    pipes = []
    for _ in range(4):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            with os.fdopen(writing, "wb") as told:
                told.write(b"".join(drawn(ring, person, 100)))
            os._exit(0)
        os.close(writing)
        pipes.append((child, reading))
    for child, reading in pipes:
        with os.fdopen(reading, "rb") as told:
            data = told.read()
        assert os.waitpid(child, 0)[1] == 0
        seen += [data[at : at + 12] for at in range(0, len(data), 12)]
    seen += drawn(ring, person, 100)
    assert len(set(seen)) == len(seen) == 6 * 300


def test_threads_share_nothing(ring, person):
    with ThreadPoolExecutor(8) as threads:
        seen = [one for found in threads.map(lambda _: drawn(ring, person, 100), range(8)) for one in found]
    assert len(set(seen)) == len(seen) == 8 * 300


def test_a_cache_under_threads_stays_small_and_never_looks_back():
    """What one thread read at an older generation is never found by another at a newer one."""
    cache, wrong = KeyCache(subjects=16), []
    subjects = [bytes((number,)) for number in range(64)]
    # A generation's keys carry its number as their version, so that a reader can tell.
    of_generation = [DataKeys({number: bytes(32)}, development=True) for number in range(1, 400)]

    def work(number: int) -> None:
        for round_ in range(390):
            if number == 0:
                cache.forget(round_)
                continue
            generation = cache.generation
            cache.put(generation, {subjects[(round_ + number) % 64]: of_generation[generation]})
            for subject in subjects[:8]:
                found = cache.get(subject) or cache.get_many([subject]).get(subject)
                if found is not None and found.sealer()[0][2:] < (generation + 1).to_bytes(2):
                    wrong.append((generation, found.sealer()[0]))
            if len(cache) > 16:
                wrong.append((len(cache), b""))

    in_threads(work, 6)
    assert wrong == []
