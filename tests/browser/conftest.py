"""What the tests of the scripts may ask for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.stand import Stand

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE = 10


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    """The small server, this test's own."""
    server = Stand(tmp_path)
    yield server
    server.close()


@pytest.fixture
def page(stand: Stand, open_page: Callable[..., Page]) -> Page:
    """One person's page. Asking for the server first lets it outlive the page."""
    return open_page()


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Wait until something at the server is true; fails after ten seconds."""

    def wait(true: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, "it did not happen"
            time.sleep(0.01)

    return wait
