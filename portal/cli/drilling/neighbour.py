"""Another process of the same installation: it has everything in its memory, and is asked for pages like any worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from flask import Flask

from portal.cli.drilling.installation import opened
from portal.models.customers.following import names
from portal.web.signing_in import cookie_name

WAIT_SECONDS = 10
Bodies = dict[str, str]


class Neighbour:
    """The other process, as the drill sees it."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe

    def pages(self, asked: Mapping[str, str]) -> Bodies:
        """What it answers, by path; each is one request."""
        found: Bodies = self._ask(dict(asked))
        return found

    def named(self, text: str) -> int:
        """How many people its index of names finds."""
        found: int = self._ask(text)
        return found

    def _ask(self, question: object) -> Any:
        self._pipe.send(question)
        return self._pipe.recv()


@contextmanager
def neighbour(folder: Path) -> Iterator[Neighbour]:
    """Start the process; it ends with the block."""
    spawn = get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=serve, args=(folder, there), daemon=True)
    process.start()
    there.close()
    try:
        yield Neighbour(here)
    finally:
        here.close()
        process.join(WAIT_SECONDS)
        if process.is_alive():
            process.kill()


def serve(folder: Path, pipe: Connection) -> None:
    """Answer until nobody asks any more."""
    with opened(folder) as app:
        try:
            while True:
                question = pipe.recv()
                pipe.send(_named(app, question) if isinstance(question, str) else bodies(app, question))
        except EOFError:
            return


def bodies(app: Flask, asked: Mapping[str, str]) -> Bodies:
    """Each page, asked for with its cookie."""
    found = {}
    for path, cookie in asked.items():
        client = app.test_client()
        with app.app_context():
            client.set_cookie(cookie_name(), cookie)
        with redirect_stdout(StringIO()):  # no line of the log between those of the drill
            found[path] = client.get(path).get_data(as_text=True)
    return found


def _named(app: Flask, text: str) -> int:
    with app.app_context():
        return len(names().find(text))
