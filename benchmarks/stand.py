"""A served installation to measure: the tests' cast, one ticket with a dozen events, a signed-in owner."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from portal.models.accounts import Session
from portal.models.base import db
from portal.web import signing_in
from tests.stage.building import build, close, opened
from tests.stage.cast import Cast

PATIENCE = 60


@dataclass(frozen=True)
class Stand:
    """Where the portal and the bare hello listen, and what the owner's browser sends and asks for."""

    portal: str
    hello: str
    cookie: str
    number: str


@contextmanager
def stand() -> Iterator[Stand]:
    """Both served by the same server with the same settings, each in a process of its own."""
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = Path(temporary) / "instance"
        build(folder)
        cookie, number = _prepare(folder)
        env = os.environ | {"PORTAL_INSTANCE": str(folder), "PORTAL_WORKER": "no"}
        portal = stack.enter_context(_served("portal.asgi:app", env))
        hello = stack.enter_context(_served("benchmarks.hello:app", env))
        yield Stand(portal, hello, cookie, number)


def _prepare(folder: Path) -> tuple[str, str]:
    app = opened(folder)
    with app.test_request_context():
        cast = Cast(app)
        ticket = cast.ticket("in_work")
        for _ in range(8):
            cast.do(ticket, "post_progress")
        _, token = Session.begin(cast.account("owner"))
        db.session.commit()
        found = (f"{signing_in.cookie_name()}={token}", ticket.number)
    close(app)
    return found


@contextmanager
def _served(application: str, env: dict[str, str]) -> Iterator[str]:
    with serving(application, env) as (address, _):
        yield address


@contextmanager
def serving(application: str, env: dict[str, str]) -> Iterator[tuple[str, int]]:
    """An application served in a process of its own: its address and its process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), "--loop", "asyncio", "--http", "h11"]
    process = subprocess.Popen([*command, "--log-level", "error"], env=env, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urlopen(f"{address}/", timeout=5).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
