"""A buyer claims the account, reads the notice, invites a sister with fewer rights, and she joins: in two browsers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Page, expect

from tests.journeys.test_live_story import DESK, signed_in
from tests.people import CAST

Opens = Callable[..., Page]
BUYER, SISTER = "12900000666", "12900000777"


def _message(page: Page, address: str, what: str) -> str:
    """The code of the newest message; the worker sends it within a moment."""
    found = None
    while found is None:
        page.goto(f"{address}/outbox")
        found = re.search(what, page.inner_text("main"))
        if found is None:
            page.wait_for_timeout(100)
    return found[1]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_buyer_claims_the_account_and_invites_the_family(site, open_page: Opens, scripts: bool):
    _, address = site
    desk = signed_in(open_page, address, "service_agent", viewport=DESK)
    desk.goto(f"{address}/staff/households/new")
    desk.get_by_label("房号").fill("1-1-0102")
    desk.get_by_label("姓名").fill("新住户")
    desk.get_by_label("手机号").fill(BUYER)
    desk.get_by_text("业主", exact=True).click()
    desk.get_by_role("button", name="登记").click()
    expect(desk.get_by_role("alert")).to_contain_text("已经登记了业主")

    desk.get_by_label("手机号").fill(CAST["tenant"].phone)
    desk.get_by_text("共有人", exact=True).click()
    desk.get_by_role("button", name="登记").click()
    expect(desk.get_by_text("这个号码登记的是 柳*依")).to_be_visible()

    page = open_page(java_script_enabled=scripts)
    page.goto(address)
    page.get_by_label("手机号").fill(CAST["owner"].phone)
    page.get_by_role("button", name="获取验证码").click()
    page.wait_for_load_state()
    expect(page.get_by_label("手机号")).to_have_value(CAST["owner"].phone)
    if scripts:
        expect(page.locator("#send")).to_be_disabled()
        expect(page.locator("#send")).to_contain_text("秒后重发")
    other = page.context.new_page()
    code = _message(other, address, r"验证码 (\d{6})")
    page.get_by_label("短信验证码").fill(f"{(int(code) + 1) % 10**6:06d}")
    page.get_by_label("短信验证码").press("Enter")
    page.wait_for_load_state()
    expect(page.get_by_role("alert")).to_contain_text("还可以试 4 次")
    page.get_by_label("短信验证码").fill(code)
    page.get_by_label("短信验证码").press("Enter")
    page.wait_for_url(f"{address}/home")

    page.goto(f"{address}/account")
    page.get_by_role("link", name="家人和权限").first.click()
    page.get_by_label("姓名").fill("林小妹")
    page.get_by_label("手机号").fill(SISTER)
    page.locator("#invite").get_by_text("报修、留言、撤销").click()
    page.get_by_role("button", name="发出邀请").click()
    expect(page.get_by_text("129****0777")).to_be_visible()

    sister = open_page(java_script_enabled=scripts)
    invitation = _message(other, address, r"邀请码 (\w{4} \w{4})")
    sister.goto(address)
    sister.get_by_role("link", name="家人邀请我加入").click()
    sister.get_by_label("手机号").fill(SISTER)
    sister.get_by_label("邀请码").fill(invitation)
    sister.get_by_role("button", name="加入").click()
    expect(sister.get_by_role("heading", name="安居个人信息告知")).to_be_visible()
    sister.get_by_role("button", name="我已阅读").click()
    sister.wait_for_url(f"{address}/home")
    expect(sister.get_by_text("我要报修")).to_be_visible()
