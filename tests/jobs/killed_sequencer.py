"""A sequencer that kills itself before its n-th step, in a process of its own.

A step is a statement, a commit, or a file opened, linked or removed in the folder of checkpoints.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from portal.jobs.sequencer import Sequencer
from portal.jobs.worker import Worker
from portal.models.base import db
from tests.stage.building import opened

FILES = ("open", "os.link", "os.remove")


def main(folder: Path, url: str, last: int) -> None:
    """Number, sign and deliver; come to an end when that takes fewer steps."""
    app = opened(folder, url)
    steps = 0

    def step(*_: Any) -> None:
        nonlocal steps
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(name: str, found: tuple[Any, ...]) -> None:
        if name in FILES and str(found[0]).startswith(str(folder / "checkpoints")):
            step()

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", step)
        event.listen(db.engine, "commit", step)
    sys.addaudithook(watch)
    Sequencer(app).catch_up()
    Worker(app).drain()
