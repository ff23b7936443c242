"""Long work on keys: one at a time, told as it goes, gone on with after a kill."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import pytest

from portal.vault import Busy, KeyRing
from portal.vault.alone import alone
from portal.vault.work import Work


def test_a_work_from_beginning_to_end(ring):
    heard: list[tuple[int, int]] = []
    with ring.works.alone("rotate-data", lambda work: heard.append((work.done, work.total))) as progress:
        assert (progress.cursor, progress.work.resumed, progress.work.running) == (b"", False, True)
        progress.expect(3)
        progress.advance(2, b"two")
        progress.advance(1)
        assert progress.cursor == b"two"
    assert heard == [(0, 3), (2, 3), (3, 3), (3, 3)]
    (kept,) = ring.works.all()
    assert (kept.name, kept.done, kept.total, kept.cursor, kept.running) == ("rotate-data", 3, 3, b"two", False)
    assert ring.works.unfinished("rotate-data") is None


def test_what_was_broken_off_is_gone_on_with(ring, open_ring):
    with suppress(ZeroDivisionError), ring.works.alone("rotate-data") as progress:
        progress.expect(10)
        progress.advance(4, b"four")
        raise ZeroDivisionError
    assert ring.works.unfinished("rotate-index") is None
    with open_ring().works.alone("rotate-data") as progress:
        assert (progress.cursor, progress.work.done, progress.work.resumed) == (b"four", 4, True)
    with ring.works.alone("rotate-data") as progress:
        assert (progress.cursor, progress.work.done, progress.work.resumed) == (b"", 0, False)
    assert [work.name for work in ring.works.all()] == ["rotate-data"]


def test_never_two_at_once(ring, open_ring):
    elsewhere = open_ring()
    with (
        ring.works.alone("rotate-data"),
        pytest.raises(Busy, match="another command is working on the keys"),
        elsewhere.works.alone("rotate-index"),
    ):
        pass
    with elsewhere.works.alone("rotate-index"):
        pass


def test_a_killed_process_lets_go(settings, ring):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with KeyRing.open(settings).works.alone("rotate-data") as progress:
            progress.advance(7, b"seven")
            os.write(writing, b".")
            signal.pause()
    os.read(reading, 1)
    with pytest.raises(Busy), ring.works.alone("rotate-data"):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)
    with ring.works.alone("rotate-data") as progress:
        assert (progress.cursor, progress.work.resumed) == (b"seven", True)


def test_the_lock_is_beside_the_store_and_for_its_owner_alone(ring, settings):
    with alone(ring._keys):
        pass
    assert (settings.instance / "keys.sqlite-lock").stat().st_mode & 0o777 == 0o600


def test_a_work_begins_running():
    assert Work("x", 0).running
    assert not Work("x", 0, ended_at=1).running
