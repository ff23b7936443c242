"""live.js against a real stream that is refused, cut, silent and late. The page's clock is the test's."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.stand import Stand

if TYPE_CHECKING:
    from playwright.sync_api import Page

Until = Callable[[Callable[[], object]], None]
START = 1_790_000_000_000

# No jitter, and a tab that can be hidden.
PREPARED = """
Math.random = () => 0.5;
let away = false;
Object.defineProperty(document, "hidden", { get: () => away });
window.hide = (value) => { away = value; document.dispatchEvent(new Event("visibilitychange")); };
"""


@pytest.fixture
def live(page: Page, stand: Stand) -> Page:
    """A page with one live piece; its time stands still unless a test lets it run."""
    stand.body = "{{ stand.piece()|safe }}<form method='post' action='/sent' hx-post='/sent' hx-target='#out'>\
<button type='submit' id='press'>go</button></form><p id='out'></p>"
    page.add_init_script(PREPARED)
    page.clock.install(time=START)
    page.clock.pause_at(START + 1000)
    return page


def opened(page: Page, stand: Stand, query: str = "?live=/live%3Ft=signed") -> None:
    page.goto(f"{stand.address}/page{query}")
    steps(page, seconds=0.1)


def shows(page: Page, text: str) -> None:
    """The piece comes to say it; the library waits for a moment of the page's time when it swaps."""
    end = time.monotonic() + 10
    while page.locator("#said").inner_text() != text:
        assert time.monotonic() < end, f"the piece never said {text}"
        steps(page, seconds=0.01)


def left(page: Page, page_errors: list[str]) -> None:
    """What the browser says of refused answers is no fault of the page."""
    page.goto("about:blank")
    page_errors.clear()


def steps(page: Page, *, seconds: float) -> None:
    page.clock.run_for(int(seconds * 1000))


def test_a_newer_version_is_fetched_and_an_older_one_is_not(live: Page, stand: Stand, until: Until) -> None:
    opened(live, stand)
    until(lambda: stand.streams == 1)
    stand.version = 2
    stand.say()
    shows(live, "at 2")
    assert live.get_attribute("#piece", "data-version") == "2"
    stand.say(1)
    stand.say(2)
    stand.say(9, topic="t:2")
    stand.beat()
    live.wait_for_timeout(100)
    assert stand.pieces == [200]


def test_what_was_missed_in_a_gap_is_fetched_on_the_next_connection(live: Page, stand: Stand, until: Until) -> None:
    opened(live, stand)
    until(lambda: stand.streams == 1)
    stand.cut()
    stand.version = 7
    live.wait_for_timeout(200)
    steps(live, seconds=1.1)
    shows(live, "at 7")
    assert stand.streams == 2


@pytest.mark.parametrize(
    ("status", "kind"), [(503, "text/plain"), (204, "text/event-stream"), (200, "text/html; charset=utf-8")]
)
def test_a_refused_stream_is_tried_again_ever_more_slowly(
    live: Page, stand: Stand, until: Until, page_errors: list[str], status: int, kind: str
) -> None:
    stand.live_status, stand.live_type = status, kind
    opened(live, stand)
    for tries, seconds in enumerate((1, 2, 4, 8, 16, 32, 60, 60), start=1):
        until(lambda: stand.streams == tries and stand.probes == tries)  # noqa: B023 - asked at once
        live.wait_for_timeout(50)
        steps(live, seconds=seconds * 0.8)
        assert stand.streams == tries
        steps(live, seconds=seconds * 0.2 + 0.1)
    left(live, page_errors)


def test_a_good_stream_starts_the_pauses_afresh(live: Page, stand: Stand, until: Until) -> None:
    opened(live, stand)
    for tries in range(1, 4):
        until(lambda: stand.streams == tries)  # noqa: B023 - asked at once
        live.wait_for_timeout(100)
        steps(live, seconds=11)
        stand.cut()
        live.wait_for_timeout(100)
        steps(live, seconds=1.1)
    until(lambda: stand.streams == 4)


@pytest.mark.parametrize("status", [401, 403])
def test_without_rights_the_page_says_so_and_asks_no_more(
    live: Page, stand: Stand, until: Until, page_errors: list[str], status: int
) -> None:
    stand.live_status = status
    opened(live, stand)
    live.wait_for_selector("#signed-out:not([hidden])")
    steps(live, seconds=600)
    live.evaluate("hide(true); hide(false)")
    steps(live, seconds=60)
    assert (stand.streams, stand.probes, stand.pieces) == (1, 1, [])
    left(live, page_errors)


def test_a_stream_that_falls_silent_is_given_up(live: Page, stand: Stand, until: Until) -> None:
    opened(live, stand)
    until(lambda: stand.streams == 1)
    live.wait_for_timeout(100)
    steps(live, seconds=34)
    stand.beat()
    live.wait_for_timeout(100)
    steps(live, seconds=34)
    assert stand.streams == 1
    steps(live, seconds=2.5)
    until(lambda: stand.streams == 2)


def test_a_hidden_tab_has_no_stream_and_a_shown_one_catches_up(live: Page, stand: Stand, until: Until) -> None:
    opened(live, stand)
    until(lambda: stand.streams == 1)
    live.evaluate("hide(true)")
    stand.version = 3
    stand.say()
    steps(live, seconds=300)
    assert (stand.streams, stand.pieces) == (1, [])
    live.evaluate("hide(false)")
    shows(live, "at 3")
    assert stand.streams == 2


def test_without_a_stream_the_piece_asks_and_is_told_that_nothing_changed(
    live: Page, stand: Stand, until: Until, page_errors: list[str]
) -> None:
    stand.live_status = 503
    opened(live, stand)
    until(lambda: stand.probes == 1)
    live.evaluate("document.querySelector('#said').dataset.same = 'yes'")
    steps(live, seconds=1)
    asked = len(stand.pieces)
    for _ in range(3):
        steps(live, seconds=15)
        asked += 1
        until(lambda: len(stand.pieces) == asked)  # noqa: B023 - asked at once
    assert set(stand.pieces) == {304}
    assert live.get_attribute("#said", "data-same") == "yes"
    stand.version = 5
    steps(live, seconds=15)
    shows(live, "at 5")
    left(live, page_errors)


def test_after_an_action_it_asks_more_often_for_a_minute(
    live: Page, stand: Stand, until: Until, page_errors: list[str]
) -> None:
    stand.live_status = 503
    opened(live, stand)
    until(lambda: stand.probes == 1)
    steps(live, seconds=1)
    live.click("#press")
    until(lambda: len(stand.posts) == 1)
    before = len(stand.pieces)
    for asked in range(10):
        steps(live, seconds=6)
        until(lambda asked=asked: len(stand.pieces) - before >= asked)
    live.wait_for_timeout(500)  # the last answer of the eager minute has come, however slow the machine is
    eager = len(stand.pieces) - before
    for _ in range(4):
        steps(live, seconds=15)
        live.wait_for_timeout(200)
    assert eager >= 9
    assert len(stand.pieces) - before - eager <= 4
    left(live, page_errors)


def test_a_page_without_a_stream_asks_too(live: Page, stand: Stand, until: Until) -> None:
    opened(live, stand, "")
    stand.version = 2
    steps(live, seconds=16)
    shows(live, "at 2")
    assert stand.streams == 0


@pytest.mark.parametrize(("status", "shown"), [(401, True), (404, False), (500, False)])
def test_a_piece_that_may_not_be_read_stays_as_it_was(
    live: Page, stand: Stand, until: Until, page_errors: list[str], status: int, shown: bool
) -> None:
    opened(live, stand)
    until(lambda: stand.streams == 1)
    stand.piece_status, stand.version = status, 2
    stand.say()
    until(lambda: stand.pieces == [status])
    live.wait_for_timeout(100)
    shows(live, "at 1")
    assert live.locator("#signed-out").is_visible() == shown
    assert live.locator(".toast").count() == 0
    left(live, page_errors)
