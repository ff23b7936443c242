"""A real Chromium, driven by playwright."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from tests.servers.shared import Unavailable

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = "install the system's chromium, or name one in PORTAL_CHROMIUM"
# Nothing but the tested pages: no updates, no experiments, no look-ups of its own.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str:
    """The path of the browser: PORTAL_CHROMIUM, else the first known name on the PATH. Raises Unavailable."""
    named = os.environ.get("PORTAL_CHROMIUM")
    for name in [named] if named else NAMES:
        if path := shutil.which(name):
            return path
    raise Unavailable(f"no browser at PORTAL_CHROMIUM={named}" if named else f"no Chromium: {HOW}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for the length of the block. Raises Unavailable."""
    path = find()
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise Unavailable("no browser: the package playwright is not there for this machine") from None
    with ExitStack() as stack:
        try:
            playwright = stack.enter_context(sync_playwright())
        except Exception as error:  # playwright raises nothing narrower when its own node cannot run
            raise Unavailable(f"playwright's driver does not start (is libatomic there?): {error}") from error
        try:
            browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        except Error as error:
            raise Unavailable(f"{path} does not start: {str(error).splitlines()[0]}") from error
        yield stack.enter_context(browser)


@contextmanager
def in_charge(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Lend the thread to playwright's event loop for the length of the block.

    The loop never stops between two calls, so outside the block every ``asyncio.run`` of another test would be
    refused with "cannot be called from a running event loop".
    """
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(None)
