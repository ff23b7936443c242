"""A worker in a process of its own whose only job does not end: ``python -m tests.jobs.slow_worker FOLDER URL``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from portal.jobs import JOBS
from portal.jobs.worker import Worker
from portal.models.base import db
from portal.models.signals import Topic
from tests.stage.building import opened


def _sleep() -> None:
    """Write something, say so, and stay inside the transaction."""
    db.session.add(Topic(name="half", version=1))
    db.session.flush()
    print("in the middle", flush=True)
    time.sleep(120)


if __name__ == "__main__":
    JOBS["tests.slow"] = _sleep
    Worker(opened(Path(sys.argv[1]), sys.argv[2])).drain()
