"""A real server for the tests' application: uvicorn in a thread, with /live and the worker."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from flask import Flask

from portal.asgi import application

PATIENCE = 30


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of the application while the block runs."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(
        application(app), log_level="error", loop="asyncio", http="h11", lifespan="on", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    end = time.monotonic() + PATIENCE
    while not server.started:
        assert time.monotonic() < end, "the server did not start"
        time.sleep(0.02)
    yield address
    server.should_exit = True
    thread.join(PATIENCE)
