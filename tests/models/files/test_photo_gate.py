"""Two photos at a time, a short queue, and an answer for everybody else."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest

from portal.models.files import photo
from portal.models.files.photo_errors import PhotosBusy
from portal.models.files.photo_gate import Gate
from tests.models.files.pictures import corners, encoded


class Crowd:
    """Threads that pass a gate and stay inside until they are let go."""

    def __init__(self, gate: Gate) -> None:
        self.gate, self.leave = gate, threading.Event()
        self.inside = self.most = self.refused = 0
        self._lock = threading.Lock()
        self.threads: list[threading.Thread] = []

    def send(self, count: int, weight: int = 1) -> None:
        for _ in range(count):
            thread = threading.Thread(target=self._pass, args=(weight,))
            thread.start()
            self.threads.append(thread)
        time.sleep(0.05)

    def _pass(self, weight: int) -> None:
        try:
            with self.gate.passing(weight):
                with self._lock:
                    self.inside += weight
                    self.most = max(self.most, self.inside)
                self.leave.wait(5)
                with self._lock:
                    self.inside -= weight
        except PhotosBusy:
            with self._lock:
                self.refused += 1

    def end(self) -> None:
        self.leave.set()
        for thread in self.threads:
            thread.join(5)


def test_no_more_than_its_places() -> None:
    crowd = Crowd(Gate(places=2, queue=10, seconds=5))
    crowd.send(8)
    assert crowd.inside == 2
    crowd.end()
    assert (crowd.most, crowd.refused, crowd.inside) == (2, 0, 0)


def test_a_full_queue_turns_away_at_once() -> None:
    crowd = Crowd(Gate(places=2, queue=3, seconds=5))
    crowd.send(5)
    begun = time.perf_counter()
    with pytest.raises(PhotosBusy), crowd.gate.passing():
        pytest.fail("the gate let a sixth through")
    assert time.perf_counter() - begun < 0.5
    crowd.end()
    assert crowd.refused == 0


def test_nobody_waits_for_ever() -> None:
    crowd = Crowd(Gate(places=1, queue=3, seconds=0.1))
    crowd.send(1)
    begun = time.perf_counter()
    with pytest.raises(PhotosBusy), crowd.gate.passing():
        pytest.fail("the gate has one place only")
    assert 0.09 < time.perf_counter() - begun < 2
    crowd.end()


def test_a_heavy_one_takes_every_place() -> None:
    crowd = Crowd(Gate(places=2, queue=10, seconds=5))
    crowd.send(1, weight=2)
    crowd.send(2)
    assert crowd.inside == 2
    crowd.end()
    assert crowd.most == 2


def test_a_fault_inside_frees_the_place() -> None:
    gate = Gate(places=1, queue=0, seconds=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), gate.passing():
            raise ZeroDivisionError
    with gate.passing():
        pass


def test_photos_pass_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(places=2, queue=0, seconds=0)
    monkeypatch.setattr(photo, "_gate", gate)
    data = encoded(corners(40, 30))
    with gate.passing(), gate.passing():
        with pytest.raises(PhotosBusy):
            photo.read_photo(BytesIO(data))
        with pytest.raises(PhotosBusy):
            photo.thumbnail(data)
    assert photo.read_photo(BytesIO(data)).width == 40


def test_many_uploads_at_once_all_come_out() -> None:
    data = encoded(corners(300, 200))
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda _: photo.read_photo(BytesIO(data)), range(24)))
    assert {one.content for one in taken} == {taken[0].content}
