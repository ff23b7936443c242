"""Chromium is real: it loads a page from this machine and runs its script."""

import asyncio
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.servers import browser
from tests.servers.fixtures import refuse
from tests.servers.shared import Unavailable

PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>报修</title>
<link rel="icon" href="data:,"></head><body><button type="button">水龙头漏水</button><output></output>
<script src="script.js"></script></body></html>"""
SCRIPT = """document.querySelector("button").addEventListener("click", () => {
  document.querySelector("output").textContent = "已受理 " + innerWidth + " " + navigator.language; });"""


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        kind, body = ("text/javascript", SCRIPT) if self.path == "/script.js" else ("text/html; charset=utf-8", PAGE)
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", "script-src 'self'")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_it_opens_a_page_and_clicks(page, site):
    page.goto(site)
    assert page.title() == "报修"
    page.get_by_role("button", name="水龙头漏水").click()
    assert page.locator("output").text_content() == "已受理 390 zh-CN"


def test_two_people_have_cookies_of_their_own(open_page, site):
    owner, staff = open_page(), open_page(viewport={"width": 1360, "height": 900})
    owner.goto(site)
    staff.goto(site)
    owner.evaluate("document.cookie = 'who=owner'")
    assert (owner.evaluate("document.cookie"), staff.evaluate("document.cookie")) == ("who=owner", "")
    assert staff.evaluate("innerWidth") == 1360


def test_complaints_of_a_page_are_noticed(page, page_errors, site):
    page.goto(site)
    page.add_script_tag(url="/script.js")
    assert page_errors == []
    with page.expect_console_message(lambda said: "Content Security Policy" in said.text):
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')")
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('broken') })")
    with page.expect_console_message(lambda said: "404" in said.text):
        page.goto(f"{site}missing")
    assert any("Content Security Policy" in said for said in page_errors)
    assert any("broken" in said for said in page_errors)
    assert any("404" in said for said in page_errors)
    page_errors.clear()


def test_other_event_loops_run_beside_it(chromium_with_loop, site):
    async def answer() -> int:
        return 42

    assert asyncio.run(answer()) == 42
    started, loop = chromium_with_loop
    with browser.in_charge(loop), started.new_context() as context:
        assert context.new_page().goto(site).status == 200
    assert asyncio.run(answer()) == 42


def test_a_missing_browser_is_a_reason(monkeypatch):
    monkeypatch.setenv("PORTAL_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(Unavailable, match="PORTAL_CHROMIUM=/nowhere/chromium"):
        browser.find()
    monkeypatch.delenv("PORTAL_CHROMIUM")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unavailable, match="install the system's chromium"):
        browser.find()


def test_the_reason_skips_or_fails(monkeypatch):
    monkeypatch.setenv("PORTAL_REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="no Chromium"):
        refuse(Unavailable("no Chromium"), "PORTAL_REQUIRE_BROWSER")
    monkeypatch.delenv("PORTAL_REQUIRE_BROWSER")
    with pytest.raises(pytest.skip.Exception, match="no Chromium"):
        refuse(Unavailable("no Chromium"), "PORTAL_REQUIRE_BROWSER")
