"""Several people at the same moment: threads, each with a session of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

from flask import Flask

from portal.models.base import db


def at_once(app: Flask, *calls: Callable[[], Any]) -> list[Any]:
    """Start the calls together; what each returned, or the error it raised, in their order."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        gate.wait(30)
        with app.app_context():
            try:
                return call()
            except Exception as error:  # noqa: BLE001 - what it raised is what the test looks at
                db.session.rollback()
                return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


class Meeting:
    """A point at which two wait for each other, where the database lets both come so far.

    On SQLite the second writer stands before its transaction; then the first goes on after half a second.
    """

    def __init__(self, people: int = 2) -> None:
        self._barrier = Barrier(people)

    def wait(self) -> None:
        """Wait for the others."""
        with suppress(BrokenBarrierError):
            self._barrier.wait(0.5)
