"""The worker: takes due jobs, runs each in a transaction of its own, puts failed ones back.

A thread of the one process in the embedded default; ``flask --app portal work`` at scale. A job whose worker is killed
comes back when its lease ends.
"""

from __future__ import annotations

import threading
from uuid import UUID

import structlog
from flask import Flask

from portal.jobs import JOBS
from portal.jobs.schedule import plan
from portal.jobs.sequencer import Sequencer
from portal.models import queue
from portal.models.base import db
from portal.models.signals import bus

log = structlog.get_logger()
PAUSE_SECONDS = 1.0


class Worker:
    """Runs the jobs of one application until it is stopped."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Run in a thread of this process; a commit of this process wakes it at once."""
        with self.app.app_context():
            bus().subscribe(lambda _topic, _version: self._wake.set())
        self._thread = threading.Thread(target=self.run, name="portal-worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the job in hand and end."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def run(self) -> None:
        """Work until stopped: plan what recurs, drain the table, then wait for a commit or a second; beside it, events
        are numbered."""
        sequencer = Sequencer(self.app)
        sequencer.start()
        try:
            self._loop()
        finally:
            sequencer.stop()

    def _loop(self) -> None:
        planned = False
        while not self._stop.is_set():
            self._wake.clear()
            try:
                planned = planned or self._plan()
                done = self.drain()
            except Exception as error:  # noqa: BLE001 - whatever it is, the worker goes on
                log.error("worker.failed", error=type(error).__name__)
                done = 0
            if not done:
                self._wake.wait(PAUSE_SECONDS)

    def drain(self) -> int:
        """Run everything that is due now, jobs that jobs ask for included; returns how many ran.

        One at a time: a lease that waited behind nine slow jobs could end before its own begins.
        """
        total = 0
        while not self._stop.is_set():
            with self.app.app_context():
                taken = [(job.id, job.kind, dict(job.payload)) for job in queue.lease()]
                db.session.commit()
            if not taken:
                break
            for job_id, kind, payload in taken:
                self._run(job_id, kind, payload)
            total += len(taken)
        return total

    def _plan(self) -> bool:
        with self.app.app_context():
            plan()
            db.session.commit()
        return True

    def _run(self, job_id: UUID, kind: str, payload: dict[str, str]) -> None:
        with self.app.app_context():
            try:
                JOBS[kind](**payload)
                queue.finish(job_id)
                plan(kind)
                db.session.commit()
            except Exception as error:  # noqa: BLE001 - whatever it is, the worker goes on
                db.session.rollback()
                log.warning("job.failed", kind=kind, job=job_id.hex, error=type(error).__name__)
                queue.fail(job_id, type(error))
                db.session.flush()
                plan(kind)  # adds nothing while the job itself comes back
                db.session.commit()
