"""The sequencer's thread: it looks twice a second for events without a number, and writes only when there are some.

A thread of its own beside the worker's, because a job may take a minute (a slow mail server) and an event is numbered
within a second of its commit. Several processes may run one each: the database lets one number at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from flask import Flask

from portal.extensions import reading
from portal.models.base import db
from portal.models.privacy import chain, checkpoints

log = structlog.get_logger()
PAUSE_SECONDS = 0.5


class Sequencer:
    """Numbers the events of one application until it is stopped."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="portal-sequencer", daemon=True)

    def start(self) -> None:
        """Begin, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch in hand and end."""
        self._stop.set()
        self._thread.join(timeout=10)

    def catch_up(self) -> int:
        """Number everything that waits, in batches, and sign a checkpoint when one is due; returns how many."""
        total = 0
        with self.app.app_context():
            while not self._stop.is_set() and _looked(chain.waiting):
                total += chain.number_events()
                db.session.commit()
                _sign_when_due()
            _sign_when_due()
        return total

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.catch_up()
            except Exception as error:  # noqa: BLE001 - whatever it is, the sequencer goes on
                log.error("sequencer.failed", error=type(error).__name__)
            self._stop.wait(PAUSE_SECONDS)


def _due() -> bool:
    return checkpoints.due(*chain.head())


def _sign_when_due() -> None:
    if _looked(_due):
        chain.alone()
        if _due():  # another process may have been faster
            checkpoints.sign(*chain.head())
        db.session.commit()


def _looked(question: Callable[[], bool]) -> bool:
    """The answer to a question that only reads: an idle portal writes nothing and holds up nobody."""
    with reading():
        try:
            return question()
        finally:
            db.session.rollback()
