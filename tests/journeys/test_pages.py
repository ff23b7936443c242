"""Every page of the story as axe and the content policy see it: no violation, nothing wider than the screen."""

from __future__ import annotations

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy import select

from portal.models.base import db
from portal.models.customers.look import REVEALED
from portal.models.events import Event
from portal.models.privacy.checkpoints import AuditCheckpoint
from portal.models.privacy.shredding import shred
from portal.models.privacy.states import State
from tests.journeys.test_live_story import DESK, Opens
from tests.models.privacy.stories import asked
from tests.stage.cast import Cast
from tests.stage.client import PageClient

PHONE = {"width": 390, "height": 844}
# Path with {number} of a ticket in a state, who looks, at which width; the last column: also both widths and schemes.
PAGES = [
    ("/", None, PHONE, "", False),
    ("/home", "owner", PHONE, "awaiting_owner", True),
    ("/repairs", "owner", PHONE, "in_work", False),
    ("/repairs/new", "owner", PHONE, "", True),
    ("/repairs/{number}", "owner", PHONE, "in_work", True),
    ("/repairs/{number}", "owner", PHONE, "submitted", False),
    ("/repairs/{number}", "owner", PHONE, "accepted", False),
    ("/repairs/{number}/confirmation", "owner", PHONE, "awaiting_owner", False),
    ("/notices", "owner", PHONE, "in_work", False),
    ("/account", "owner", PHONE, "", False),
    ("/account/security", "owner", PHONE, "", True),
    ("/account/security/recovery-codes", "owner", PHONE, "", False),
    ("/staff/accounts", "manager", DESK, "", True),
    ("/staff/accounts/new", "manager", DESK, "", False),
    ("/account/devices", "owner", PHONE, "", True),
    ("/proof", "auditor", PHONE, "", True),
    ("/privacy/erasure", "owner", PHONE, "", True),
    ("/privacy/receipts/{number}", None, PHONE, "erased", False),
    ("/repairs/BX20000101-001", "owner", PHONE, "", False),
    ("/privacy", "owner", PHONE, "looked_at", True),
    ("/privacy/looks/{look}", "owner", PHONE, "looked_at", True),
    ("/staff/repairs", "service_agent", DESK, "in_work", True),
    ("/staff/repairs/new?home=1-1-0101", "service_agent", DESK, "", False),
    ("/staff/repairs/{number}", "service_agent", DESK, "submitted", True),
    ("/staff/repairs/{number}", "dispatcher", DESK, "acknowledged", False),
    ("/staff/repairs/{number}", "technician", PHONE, "in_work", False),
    ("/staff/repairs/{number}", "manager", DESK, "work_done", False),
    ("/staff/notices", "manager", DESK, "work_done", False),
    ("/staff/customers", "service_agent", DESK, "in_work", True),
    ("/staff/privacy/retention", "auditor", DESK, "", True),
    ("/staff/privacy/erasures", "manager", DESK, "erased", True),
    ("/staff/privacy/erasures/new", "service_agent", DESK, "", False),
    ("/staff/privacy/erasures/{number}", "service_agent", DESK, "requested", False),
    ("/staff/privacy/erasures/{number}", "auditor", DESK, "cleared", True),
    ("/staff/privacy/erasures/{number}", "auditor", PHONE, "erased", False),
    ("/staff/privacy/chain", "auditor", DESK, "looked_at", True),
]
CASES = [(path, key, size, state, "light", "zh-CN") for path, key, size, state, _ in PAGES]
CASES += [
    (path, key, size, state, scheme, locale)
    for path, key, _, state, everywhere in PAGES
    if everywhere
    for size in (PHONE, DESK)
    for scheme, locale in (("light", "en-GB"), ("dark", "zh-CN"))
]


@pytest.mark.parametrize(("path", "key", "size", "state", "scheme", "locale"), CASES)
def test_a_page(site, cast: Cast, open_page: Opens, page_errors, path, key, size, state, scheme, locale):
    app, address = site
    number = look = ""
    if state == "looked_at":
        look = looked_at(cast)
    elif "privacy" in path and state:
        with cast.at_work():
            number = _asked(cast, state, token="receipts" in path)
    elif state:
        with cast.at_work():
            ticket = cast.ticket(state, by="owner")
            number = ticket.number
            db.session.commit()
    page = open_page(viewport=size, color_scheme=scheme, locale=locale)
    if key:
        let_in(page, app, address, key)
    page.goto(address + path.format(number=number, look=look))
    if "BX20000101" in path:
        page_errors.clear()  # the browser notes the 404 that is asked for
    if path == "/repairs/new":
        choose(page)
    if path == "/staff/customers":
        search(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def _asked(cast: Cast, state: str, *, token: bool) -> str:
    """A request for erasure in a state: its number, or what its receipt is fetched by."""
    erasure = asked(cast, State.APPROVED if state == "erased" else State(state))
    number, way = erasure.number, erasure.token
    db.session.commit()
    if state == "erased":
        shred(erasure.id)
    return str(way if token else number)


def looked_at(cast: Cast) -> str:
    """Somebody looked at the owner's phone, and the served portal has numbered and signed it; the look's id."""
    with cast.at_work():
        cast.ticket("acknowledged").reveal_phone("return_call", cast.actor("manager"))
        db.session.flush()
        look = str(db.session.scalars(select(Event.id).where(Event.kind == REVEALED)).one())
        db.session.commit()
        until = time.monotonic() + 20
        while time.monotonic() < until and AuditCheckpoint.newest() is None:
            db.session.rollback()
            time.sleep(0.1)
        return look


def let_in(page: Page, app, address: str, key: str) -> None:
    """Hand the browser a session of somebody of the cast."""
    cookie = PageClient.of(app, key).get_cookie("anju")
    assert cookie is not None
    page.context.add_cookies([{"name": "anju", "value": cookie.value, "url": address}])


def choose(page: Page) -> None:
    """Bring the report to its answer, with words and a photo's place."""
    for value in ("space.master_bath", "LEAK", "LEAK-05"):
        page.locator(f"#report-choice input[value='{value}']").click()
        page.wait_for_timeout(300)


def search(page: Page) -> None:
    """Find the owner by the initials of the name."""
    page.fill("#text", "lxw")
    page.keyboard.press("Enter")
    page.locator("#people tbody tr").wait_for()
    assert page.url.endswith("/staff/customers")
