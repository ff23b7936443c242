"""Rotation while others read and write: how fast, how much a reader feels of it, and whether an update is lost."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from statistics import quantiles
from typing import Any

from sqlalchemy import select

from benchmarks.result import Result
from benchmarks.vault.guests import SealedGuest, filled
from benchmarks.vault.stand import Stand, application
from portal import config
from portal.extensions import begin_reading
from portal.models.base import db
from portal.models.fields.rotating import rotate_data
from portal.vault import KeyRing

ROWS = 20_000
WRITTEN = 200
CALM_SECONDS = 4.0
PAUSE_SECONDS = 0.002


def run(stand: Stand) -> list[Result]:
    """The rotation is a process of its own, as the command is; readers and a writer stay in this one."""
    ids = []
    for start in range(0, ROWS, 2_000):
        rows = filled(SealedGuest, range(start, start + 2_000))
        ids += [row.id for row in rows]
        db.session.add_all(rows)
        db.session.commit()
    db.session.remove()
    busy = _Busy(stand, ids)
    calm = busy.watch(lambda: time.sleep(CALM_SECONDS))
    seconds = 0.0

    def rotate() -> None:
        nonlocal seconds
        seconds = _in_a_process(stand.settings)

    turning = busy.watch(rotate)
    end, lost = stand.suffix, busy.lost()
    # Two groups a row: contact and address.
    what = "rows sealed again a second, two groups each"
    slower = _p99(turning) / _p99(calm)
    return [
        Result.at_least(f"rotation{end}", what, ROWS / seconds, 20_000, 60_000),
        Result.at_most(f"rotation_reader{end}", "a reader's p99 meanwhile / before", slower, 2.0, 1.3),
        Result.at_most(f"rotation_lost{end}", f"updates lost of {busy.written}", lost, 0, 0),
    ]


def _p99(taken: list[float]) -> float:
    return quantiles(taken, n=100)[98]


def _in_a_process(settings: config.Settings) -> float:
    """Seconds from the first key to the last row; starting the process is not counted."""
    context = multiprocessing.get_context("spawn")
    answer: Any = context.SimpleQueue()
    process = context.Process(target=_rotate, args=(settings, answer))
    process.start()
    seconds: float = answer.get()
    process.join()
    return seconds


def _rotate(settings: config.Settings, answer: Any) -> None:
    ring = KeyRing.open(settings)
    with application(settings, ring), ring.works.alone("rotate-data") as progress:
        begun = time.perf_counter()
        rotate_data(progress)
        answer.put(time.perf_counter() - begun)
    ring.close()


class _Busy:
    """A writer that changes phones, and a reader that looks at people one by one, while something else goes on."""

    def __init__(self, stand: Stand, ids: list[Any]) -> None:
        self._stand, self._ids = stand, ids
        self._last: dict[Any, str] = {}
        self.written = 0

    def watch(self, goes_on: Callable[[], None]) -> list[float]:
        """How long each look took meanwhile."""
        over = threading.Event()
        taken: list[float] = []
        writer = threading.Thread(target=self._write, args=(over,))
        reader = threading.Thread(target=self._read, args=(over, taken))
        for thread in (writer, reader):
            thread.start()
        goes_on()
        over.set()
        for thread in (writer, reader):
            thread.join()
        return taken

    def lost(self) -> int:
        """How many people do not have the phone that was written last."""
        found = db.session.scalars(select(SealedGuest).where(SealedGuest.id.in_(list(self._last)))).all()
        return sum(row.phone != self._last[row.id] for row in found)

    def _read(self, over: threading.Event, taken: list[float]) -> None:
        begin_reading()  # as every page does; without it each look would wait for the writer to be the next one
        number = 0
        while not over.is_set():
            number += 37
            with self._stand.app.app_context():
                begun = time.perf_counter()
                row = db.session.get_one(SealedGuest, self._ids[number % len(self._ids)])
                assert row.name
                db.session.remove()
                taken.append(time.perf_counter() - begun)
            time.sleep(PAUSE_SECONDS)

    def _write(self, over: threading.Event) -> None:
        while not over.is_set():
            number = self.written
            with self._stand.app.app_context():
                row = db.session.get_one(SealedGuest, self._ids[number % WRITTEN])
                row.phone = f"+861{4_000_000_000 + number}"
                db.session.commit()
                self._last[row.id] = row.phone
            self.written += 1
            time.sleep(PAUSE_SECONDS)
