"""So many digests at once and no more; who cannot wait is told to come back."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack

import pytest

from portal.models.accounts.hashing import AT_ONCE, ROOM, WAITING, Busy, Room


def test_the_room_is_as_large_as_the_machine():
    assert len(os.sched_getaffinity(0)) * 2 == AT_ONCE
    assert ROOM._most_waiting == WAITING


def test_beyond_the_places_and_the_queue_an_unknown_one_is_sent_away_and_a_known_one_waits():
    room, let_go, inside = Room(2, 1), threading.Event(), []

    def come(known: bool) -> None:
        with room.place(known=known):
            inside.append(known)

    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(room.place(known=False))
        first = threading.Thread(target=come, args=(False,))
        first.start()
        while not room._waiting:
            let_go.wait(0.01)
        with pytest.raises(Busy), room.place(known=False):
            pass
        known = [threading.Thread(target=come, args=(True,)) for _ in range(5)]
        for thread in known:
            thread.start()
        while room._waiting < 6:
            let_go.wait(0.01)
        assert inside == []
    for thread in (first, *known):
        thread.join(20)
    assert sorted(inside) == [False] + [True] * 5
    assert room._waiting == 0


def test_two_hundred_at_once_never_hold_more_than_the_places():
    """Memory: 46 MiB for each that is inside, whoever knocks."""
    room, lock, inside, most, sent_away = Room(4, 4), threading.Lock(), [0], [0], [0]
    start = threading.Barrier(200)

    def come() -> None:
        start.wait()
        try:
            with room.place(known=False):
                with lock:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                threading.Event().wait(0.01)
                with lock:
                    inside[0] -= 1
        except Busy:
            with lock:
                sent_away[0] += 1

    threads = [threading.Thread(target=come) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most[0] <= 4
    assert inside[0] == 0
    assert sent_away[0] > 0


def test_a_place_is_given_back_whatever_happens():
    room = Room(1, 0)
    for _ in range(3):
        with pytest.raises(KeyError), room.place(known=False):
            raise KeyError
    with room.place(known=False):
        pass
