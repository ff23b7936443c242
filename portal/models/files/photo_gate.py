"""How many photos may be decoded at once in this process, and how many may wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from portal.models.files.photo_errors import PhotosBusy


class Gate:
    """``places`` inside at once; ``queue`` more wait for up to ``seconds``; whoever comes beyond that is turned away.

    The queue is shorter than the server's threads, so that uploads alone can never stop every page.
    """

    def __init__(self, places: int, queue: int, seconds: float) -> None:
        self._places, self._queue, self._seconds = places, queue, seconds
        self._taken = self._waiting = 0
        self._freed = threading.Condition()

    @contextmanager
    def passing(self, weight: int = 1) -> Iterator[None]:
        """Hold ``weight`` places inside the block; raises PhotosBusy when they cannot be had in time."""
        weight = min(weight, self._places)
        with self._freed:
            self._enter(weight)
        try:
            yield
        finally:
            with self._freed:
                self._taken -= weight
                self._freed.notify_all()

    def _enter(self, weight: int) -> None:
        if not self._fits(weight):
            if self._waiting >= self._queue:
                raise PhotosBusy
            self._waiting += 1
            try:
                if not self._freed.wait_for(lambda: self._fits(weight), self._seconds):
                    raise PhotosBusy
            finally:
                self._waiting -= 1
        self._taken += weight

    def _fits(self, weight: int) -> bool:
        return self._taken + weight <= self._places
