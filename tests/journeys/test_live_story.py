"""The main job in a real browser, both faces side by side: nobody reloads, and the content policy never complains."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyotp
from playwright.sync_api import Page, expect

from portal import clock
from tests.people import CAST, PASSWORD
from tests.pictures import jpeg

DESK = {"width": 1360, "height": 900}
WORDS = "昨晚洗澡后主卫天花板滴水，边上发黄"
Opens = Callable[..., Page]


def signed_in(opens: Opens, address: str, key: str, **options: object) -> Page:
    """Somebody of the cast, signed in through the page."""
    page = opens(**options)
    page.goto(f"{address}/?way=password")
    page.get_by_label("手机号").fill(CAST[key].phone)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_load_state()
    if CAST[key].role:
        _second_step(page)
        page.goto(f"{address}/staff/repairs")
    return page


def _second_step(page: Page) -> None:
    """New staff set up an app first: the secret is there to be typed, and the first code of it."""
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.locator("#app-code [name=code]").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", name="恢复码", level=1)).to_be_visible()


def test_the_story_live(site, open_page: Opens, tmp_path: Path):
    """Report, acknowledge, book, work, check, still wrong, again, signed: each side sees the other's steps arrive."""
    _, address = site
    photo = tmp_path / "天花板.jpg"
    photo.write_bytes(jpeg("tan", (640, 480)).getvalue())
    owner = signed_in(open_page, address, "owner")
    agent = signed_in(open_page, address, "service_agent", viewport=DESK)
    dispatcher = signed_in(open_page, address, "dispatcher", viewport=DESK)
    technician = signed_in(open_page, address, "technician")
    manager = signed_in(open_page, address, "manager", viewport=DESK)

    number = report(owner, photo)
    progress = owner.locator(f"#ticket-{number}-progress")
    link = agent.get_by_role("link", name=re.compile("主卫"))
    expect(link).to_be_visible()
    link.click()
    agent.get_by_role("button", name="受理").first.click()
    expect(progress).to_contain_text("已受理")

    dispatcher.goto(f"{address}/staff/repairs/{number}")
    book(dispatcher)
    expect(progress).to_contain_text("周师傅")
    expect(progress).to_contain_text("10:00–12:00")

    technician.goto(f"{address}/staff/repairs/{number}")
    do_the_work(technician, photo, progress)
    expect(owner.locator(f"#ticket-{number}-timeline img").first).to_be_visible()
    dispatcher.get_by_role("button", name="质检通过").first.click()
    expect(progress).to_contain_text("验收签字")

    owner.get_by_role("link", name=re.compile("验收")).first.click()
    still_wrong(owner)
    manager.goto(f"{address}/staff/repairs/{number}")
    book(manager)
    expect(owner.locator(f"#ticket-{number}-progress")).to_contain_text("10:00–12:00")
    do_the_work(technician, photo, owner.locator(f"#ticket-{number}-progress"))
    manager.get_by_role("button", name="质检通过").first.click()
    owner.get_by_role("link", name=re.compile("验收")).first.click()
    sign(owner)
    expect(owner.locator(f"#ticket-{number}-progress")).to_contain_text("您已确认")
    expect(manager.locator("body")).to_contain_text("已完成")


def report(owner: Page, photo: Path) -> str:
    """Choose, read the answer, say it with a photo, send; returns the ticket's number."""
    owner.get_by_role("link", name=re.compile("我要报修")).first.click()
    for value in ("space.master_bath", "LEAK", "LEAK-05"):
        radio = owner.locator(f"#report-choice input[value='{value}']")
        radio.click()
        expect(radio).to_be_checked()
    expect(owner.locator("#report-answer")).to_contain_text("保修内")
    expect(owner.locator("#report-answer")).to_contain_text("30 分钟")
    owner.get_by_label("情况说明").fill(WORDS)
    owner.locator("input[type=file]").set_input_files(photo)
    expect(owner.locator(".queue")).to_contain_text("已上传")
    owner.get_by_role("button", name="提交报修").click()
    owner.wait_for_url(re.compile(r"/repairs/BX\d{8}-\d{3}$"))
    return owner.url.rpartition("/")[2]


def book(page: Page) -> None:
    """The technician of the cast, tomorrow from ten to twelve."""
    form = page.locator("form[action$='/assignment']")
    technician = form.locator("option", has_text="周建国").get_attribute("value")
    form.get_by_label("师傅").select_option(technician)
    form.get_by_label("上门日期").fill((clock.today() + timedelta(days=1)).isoformat())
    form.get_by_label("从").select_option("10:00")
    form.get_by_label("到").select_option("12:00")
    form.get_by_role("button").click()


def do_the_work(technician: Page, photo: Path, progress) -> None:
    """Start, progress with a photo, finish."""
    technician.reload()
    technician.get_by_role("button", name="开始维修").first.click()
    expect(progress).to_contain_text("正在维修")
    form = technician.locator("form[action$='/completion']")
    form.locator("textarea").fill("已打开吊顶，找到渗水点")
    form.locator("input[type=file]").set_input_files(photo)
    expect(form.locator(".queue")).to_contain_text("已上传")
    form.get_by_role("button", name="只发进展").click()
    expect(technician.locator(".timeline")).to_contain_text("找到渗水点")
    technician.wait_for_timeout(1000)  # nobody types within a second of the answer, while the page's own signal arrives
    form.locator("textarea").fill("补防水，闭水 24 小时不漏")
    form.get_by_role("button", name="登记完工").click()
    expect(progress).to_contain_text("质检")


def still_wrong(owner: Page) -> None:
    """The owner does not accept."""
    form = owner.locator("form[action$='/rework']")
    if not form.is_visible():
        owner.get_by_text("没修好").first.click()
    form.get_by_label("问题还在").check()
    form.get_by_label("具体说说").fill("今天早上又滴了")
    form.get_by_role("button", name=re.compile("没修好|请再来|提交")).click()
    owner.wait_for_url(re.compile(r"/repairs/BX\d{8}-\d{3}$"))


def sign(owner: Page) -> None:
    """Three scores, and a signature drawn with the finger."""
    form = owner.locator("form[action$='/confirmation']")
    for name in ("quality", "speed", "manner"):
        form.locator(f"input[name={name}][value='5']").check()
    pad = form.locator("[data-sign]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    owner.mouse.move(box["x"] + 30, box["y"] + 40)
    owner.mouse.down()
    for step in range(1, 12):
        owner.mouse.move(box["x"] + 30 + 12 * step, box["y"] + 40 + (step % 3) * 20)
    owner.mouse.up()
    form.get_by_role("button", name="确认完成").click()
    owner.wait_for_url(re.compile(r"/repairs/BX\d{8}-\d{3}$"))
