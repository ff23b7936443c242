"""A passkey through a real browser: Chromium's own authenticator makes it, shows it, and signs in with it alone."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.people import CAST, PASSWORD

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def address(site: tuple[Flask, str]) -> str:
    """The site under a name: a passkey belongs to a name, never to a number."""
    app, address = site
    named = f"http://localhost:{urlsplit(address).port}"
    app.config["PUBLIC_URL"] = named
    return named


def _with_authenticator(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def test_staff_set_up_a_passkey_and_sign_in_with_it_alone(address: str, open_page: Callable[..., Page]):
    page = open_page(viewport=PHONE, locale="zh-CN")
    _with_authenticator(page)
    page.goto(f"{address}/?way=password")
    page.fill("#phone", CAST["dispatcher"].phone)
    page.fill("#password", PASSWORD)
    page.click("#sign-in button")
    expect(page.locator("h1")).to_have_text("设置两步验证")
    page.fill("#new-passkey [name=label]", "我的手机")
    page.click("#new-passkey button")
    expect(page.locator("h1")).to_have_text("恢复码")
    page.click("main form button")
    expect(page.locator("#codes li")).to_have_count(10)
    page.goto(f"{address}/account")
    page.click("main form[action$='/sessions/end'] button")
    expect(page.locator("h1")).to_have_text("登录安居")
    page.click("#passkey button")
    page.wait_for_url("**/staff/repairs")
    page.goto(f"{address}/account/security")
    expect(page.locator("#factors")).to_contain_text("我的手机")
    page.goto(f"{address}/account")
    page.click("main form[action$='/sessions/end'] button")
    page.get_by_role("link", name="员工登录").click()
    page.fill("#phone", CAST["dispatcher"].phone)
    page.fill("#password", PASSWORD)
    page.click("#sign-in button")
    expect(page.locator("h1")).to_have_text("第二步验证")
    page.click("#passkey button")
    page.wait_for_url("**/staff/repairs")
