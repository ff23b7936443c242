"""Processes that rotate until they are killed: ``python -m tests.models.rotation.rotators FOLDER URL KIND KILLS``.

The first process loads the code once and forks; each child opens the installation and rotates over and over, beginning
where the one before it was killed.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import SystemRandom

from portal import vault
from portal.models.fields import indexing
from portal.models.fields.indexing import rotate_index
from portal.models.fields.rotating import rotate_data
from portal.vault import ring
from portal.vault.work import Progress
from tests.stage.building import opened

LONGEST_SECONDS = 0.6  # of a child's life after its installation is open
KINDS: dict[str, Callable[[Progress], int]] = {"rotate-data": rotate_data, "rotate-index": rotate_index}


def rotate(folder: Path, url: str, kind: str, out: int, algorithm: str) -> None:
    """Rotate for ever."""
    indexing.NOTICED_SECONDS, vault.LOOK_SECONDS = 0.1, 0.02
    app = opened(folder, url, PORTAL_ALGORITHM=algorithm)
    os.write(out, b"open")
    while True:
        with app.app_context(), ring().works.alone(kind) as progress:
            KINDS[kind](progress)


def kill_one(folder: Path, url: str, kind: str, algorithm: str) -> None:
    """Let a child rotate for a while and kill it at any moment."""
    said, out = os.pipe()
    child = os.fork()
    if not child:
        try:
            rotate(folder, url, kind, out, algorithm)
        finally:
            os._exit(1)
    os.close(out)
    assert os.read(said, 4) == b"open"
    time.sleep(SystemRandom().uniform(0, LONGEST_SECONDS))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(said)
    assert os.WIFSIGNALED(status), "the rotation failed before it was killed"


if __name__ == "__main__":
    for number in range(int(sys.argv[4])):
        kill_one(Path(sys.argv[1]), sys.argv[2], sys.argv[3], "sm4" if number % 2 else "aes")
