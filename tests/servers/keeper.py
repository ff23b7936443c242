"""Run one server until the test run is over: ``python -m tests.servers.keeper KIND FOLDER`` (see shared.py)."""

from __future__ import annotations

import fcntl
import json
import shutil
import signal
import sys
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path

from tests.servers.shared import Unavailable, servers_left


def keep(kind: str, place: Path) -> None:
    """Start the server, say its address, and stop it when nobody holds the run's lock any more."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    over = False
    try:
        with (place.parent / "alive").open() as alive, _running(kind, place) as url:
            print(json.dumps({"url": url}), flush=True)
            fcntl.flock(alive, fcntl.LOCK_SH)
            over = True
    except Unavailable as reason:
        print(json.dumps({"reason": str(reason)}), flush=True)
    finally:
        shutil.rmtree(place, ignore_errors=True)
        # A run that was killed cannot clear up itself; the last of its keepers does.
        if over and not servers_left(place.parent):
            shutil.rmtree(place.parent, ignore_errors=True)


def _running(kind: str, place: Path) -> AbstractContextManager[str]:
    # By name: a keeper that loads only what it runs is up sooner.
    server: AbstractContextManager[str] = import_module(f"tests.servers.{kind}").running(place)
    return server


if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]))
