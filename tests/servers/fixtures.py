"""The fixtures of the real servers; tests/conftest.py names this module in ``pytest_plugins``.

PORTAL_TEST_DATABASE_URL (a role that may create databases) and PORTAL_TEST_REDIS_URL (a server that may be emptied)
name servers of one's own instead. Where a machine can run none, the tests skip with the reason; they fail with it when
PORTAL_REQUIRE_BROWSER=1 or PORTAL_REQUIRE_SERVERS=1 says that it must (CI does).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

import pytest

from tests.servers import browser, shared
from tests.servers.databases import Postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from redis import Redis

REAL = {"postgres": "postgres_server", "browser": "chromium"}
PHONE = {"width": 390, "height": 844}

_run = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """The first process of the run opens its folder; the workers inherit the name through the environment."""
    if not hasattr(config, "workerinput"):
        config.stash[_run] = ExitStack()
        config.stash[_run].enter_context(shared.run_folder())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the run started."""
    if _run in config.stash:
        config.stash[_run].close()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by what a test uses, so that ``-m browser`` and ``-m postgres`` cannot forget one."""
    for item in items:
        for mark, fixture in REAL.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)


def refuse(reason: shared.Unavailable, required: str) -> NoReturn:
    """Skip with one line; where the variable ``required`` is 1, fail with it."""
    if os.environ.get(required) == "1":
        pytest.fail(str(reason), pytrace=False)
    pytest.skip(str(reason))


@pytest.fixture(scope="session")
def postgres_server() -> Postgres:
    """The run's PostgreSQL. ``postgres_server.database(template=...)`` gives a copy of a migrated database."""
    try:
        return Postgres(os.environ.get("PORTAL_TEST_DATABASE_URL") or shared.server("postgres"))
    except shared.Unavailable as reason:
        refuse(reason, "PORTAL_REQUIRE_SERVERS")


@pytest.fixture
def postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """The address of an empty PostgreSQL database that is this test's alone."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(scope="session")
def valkey_server(worker_id: str) -> str:
    """The address of a Valkey of this worker's own: channels are heard across a server's databases."""
    if theirs := os.environ.get("PORTAL_TEST_REDIS_URL"):
        number = worker_id.removeprefix("gw") if worker_id.startswith("gw") else "0"
        return urlsplit(theirs)._replace(path=f"/{number}").geturl()
    try:
        return shared.server("valkey", f"valkey-{worker_id}")
    except shared.Unavailable as reason:
        refuse(reason, "PORTAL_REQUIRE_SERVERS")


@pytest.fixture
def valkey_url(valkey_server: str) -> str:
    """The ``redis://`` address of an empty database."""
    from redis import Redis

    client: Redis = Redis.from_url(valkey_server)
    client.flushdb()
    client.close()
    return valkey_server


@pytest.fixture(scope="session")
def chromium_with_loop() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """The worker's browser and the event loop that drives it; ``chromium`` is what tests ask for."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(browser.chromium())
        except shared.Unavailable as reason:
            refuse(reason, "PORTAL_REQUIRE_BROWSER")
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield started, loop
        asyncio._set_running_loop(loop)  # playwright takes its leave on it


@pytest.fixture
def chromium(chromium_with_loop: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """A real Chromium, started once per worker."""
    started, loop = chromium_with_loop
    with browser.in_charge(loop):
        yield started


@pytest.fixture
def page_errors() -> list[str]:
    """What the test's pages complained of: broken scripts, refused by the content policy, not found. Must stay empty.

    A test that provokes a complaint looks at it here and clears it.
    """
    return []


@pytest.fixture
def open_page(chromium: Browser, page_errors: list[str]) -> Iterator[Callable[..., Page]]:
    """Open a page with cookies of its own: a call for each person of the story.

    A phone of 390 px, Chinese, light and in Shanghai unless the call says otherwise (playwright's context options).
    """
    with ExitStack() as contexts:

        def opened(**options: Any) -> Page:
            usual = {"viewport": PHONE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", "reduced_motion": "reduce"}
            context = contexts.enter_context(chromium.new_context(**(usual | options)))
            page = context.new_page()
            page.on("pageerror", lambda error: page_errors.append(str(error)))
            page.on("console", lambda said: page_errors.append(said.text) if said.type == "error" else None)
            return page

        yield opened
    assert page_errors == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """One person's page."""
    return open_page()
