"""A buyer claims the account, reads the notice, invites a sister with fewer rights, and she joins: in two browsers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Page, expect

from tests.journeys.test_live_story import DESK, signed_in

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
def test_a_buyer_claims_the_account_and_a_sister_joins(site, open_page: Opens, scripts: bool):
    _, address = site
    desk = signed_in(open_page, address, "service_agent", viewport=DESK)
    desk.goto(f"{address}/staff/households/new")
    desk.locator("#home").fill("1-1-0102")
    desk.get_by_label("姓名", exact=True).fill("新住户")
    desk.get_by_label("手机号", exact=True).fill(BUYER)
    desk.get_by_text("共有人", exact=True).click()
    desk.get_by_role("button", name="登记", exact=True).click()
    expect(desk.get_by_text("请对方在首页用这个手机号取验证码登录")).to_be_visible()

    buyer, outbox = open_page(java_script_enabled=scripts), open_page()
    buyer.goto(address)
    buyer.get_by_label("手机号").fill(BUYER)
    buyer.get_by_role("button", name="获取验证码").click()
    expect(buyer.get_by_text("129****0666")).to_be_visible()
    expect(buyer.get_by_label("手机号")).to_have_value(BUYER)
    if scripts:
        expect(buyer.locator("#send")).to_be_disabled()
        expect(buyer.locator("#send")).to_contain_text("秒后重发")
    buyer.get_by_label("短信验证码").fill(_message(outbox, address, r"验证码 (\d{6})"))
    buyer.get_by_label("短信验证码").press("Enter")
    _reads_the_notice(buyer, address)

    owner = signed_in(open_page, address, "owner", java_script_enabled=scripts)
    owner.goto(f"{address}/account")
    owner.get_by_role("link", name="家人和权限").first.click()
    owner.get_by_label("姓名").fill("林小妹")
    owner.get_by_label("手机号").fill(SISTER)
    owner.locator("#invite").get_by_text("报修、留言、撤销").click()
    owner.get_by_role("button", name="发出邀请").click()
    expect(owner.get_by_text("129****0777")).to_be_visible()

    sister = open_page(java_script_enabled=scripts)
    sister.goto(address)
    sister.get_by_role("link", name="家人邀请我加入").click()
    sister.get_by_label("手机号").fill(SISTER)
    sister.get_by_label("邀请码").fill(_message(outbox, address, r"邀请码 (\w{4} \w{4})"))
    sister.get_by_role("button", name="加入").click()
    _reads_the_notice(sister, address)
    expect(sister.get_by_text("我要报修")).to_be_visible()


def _reads_the_notice(page: Page, address: str) -> None:
    expect(page.get_by_role("heading", name="安居个人信息告知")).to_be_visible()
    page.get_by_role("button", name="我已阅读").click()
    page.wait_for_url(f"{address}/home")
