"""One server of a kind for the whole test run, however many workers share it.

The first process of the run makes a folder and holds a lock in it for as long as it lives. Whoever first asks for a
server starts a keeper (``tests.servers.keeper``), which runs the server until that lock is free: when the run ends, or
is killed, the kernel frees the lock and the server goes with it.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "PORTAL_TEST_RUN"
MEMORY = "/dev/shm"
ROOM = 2**30
PATIENCE = 120  # seconds; a first start copies and compiles on a busy machine

_keepers: list[subprocess.Popen[str]] = []


class Unavailable(Exception):
    """This machine cannot run the server; the message says why in a line and becomes the skip's reason."""


@contextmanager
def run_folder() -> Iterator[Path]:
    """Open the run's folder for the length of the block; afterwards every server is stopped and the folder gone."""
    folder = Path(tempfile.mkdtemp(prefix="anju-", dir=_place()))
    folder.chmod(0o711)  # servers under another user pass through to their own folder
    os.environ[FOLDER] = str(folder)
    try:
        with (folder / "alive").open("w") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX)
            yield folder
    finally:
        os.environ.pop(FOLDER, None)
        _wait_until_gone(folder)
        shutil.rmtree(folder, ignore_errors=True)


def server(kind: str, name: str | None = None) -> str:
    """The address of the run's server; ``name`` tells several of a kind apart. Raises Unavailable."""
    folder = Path(os.environ[FOLDER])
    name = name or kind
    with (folder / f"{name}.lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        told = folder / f"{name}.json"
        if not told.exists():
            told.write_text(_start(kind, folder / name))
        answer = json.loads(told.read_text())
    if "reason" in answer:
        raise Unavailable(answer["reason"])
    return str(answer["url"])


def servers_left(folder: Path) -> list[str]:
    """The names of the servers of a run's folder that have not cleared up yet."""
    try:
        return [path.name for path in folder.iterdir() if path.is_dir()]
    except FileNotFoundError:
        return []


def _start(kind: str, place: Path) -> str:
    """Start a keeper; its one line of answer is JSON, ``url`` or ``reason``."""
    place.mkdir()
    command = [sys.executable, "-m", "tests.servers.keeper", kind, str(place)]
    with (place.parent / f"{place.name}.log").open("w") as log:
        keeper = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    _keepers.append(keeper)
    assert keeper.stdout is not None
    with keeper.stdout as said:
        answer = said.readline()
    return answer or json.dumps({"reason": f"the {kind} server did not start: {_last_line(Path(log.name))}"})


def _last_line(log: Path) -> str:
    lines = log.read_text().strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _wait_until_gone(folder: Path) -> None:
    for keeper in _keepers:
        keeper.wait(PATIENCE)
    _keepers.clear()
    # Keepers that a worker started are not our children; each removes its folder as the last thing it does.
    until = time.monotonic() + PATIENCE
    while servers_left(folder) and time.monotonic() < until:
        time.sleep(0.02)


def _place() -> str | None:
    """Where the run's folder goes: memory when it has room and lets programs run, for databases are made in plenty.

    Its path must be short in any case: a socket's may hold about a hundred bytes.
    """
    if os.access(MEMORY, os.W_OK | os.X_OK):
        memory = os.statvfs(MEMORY)
        if memory.f_bavail * memory.f_frsize > ROOM and not memory.f_flag & os.ST_NOEXEC:
            return MEMORY
    return "/tmp" if os.access("/tmp", os.W_OK | os.X_OK) else None
