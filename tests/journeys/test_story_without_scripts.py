"""The same main job in a real browser with scripts off: every step is a form and a page."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.test_live_story import DESK, WORDS, Opens, book, signed_in
from tests.pictures import jpeg


def test_the_story_without_scripts(site, open_page: Opens, tmp_path: Path):
    """Report, acknowledge, book, work, check, still wrong, again, signed by name."""
    _, address = site
    photo = tmp_path / "天花板.jpg"
    photo.write_bytes(jpeg("tan", (640, 480)).getvalue())

    def opened(key: str, **options: object) -> Page:
        return signed_in(open_page, address, key, java_script_enabled=False, **options)

    owner, agent = opened("owner"), opened("service_agent", viewport=DESK)
    dispatcher, technician = opened("dispatcher", viewport=DESK), opened("technician")
    manager = opened("manager", viewport=DESK)

    number = report(owner, photo)
    agent.goto(f"{address}/staff/repairs")
    agent.get_by_role("link", name=re.compile("主卫")).click()
    agent.get_by_role("button", name="受理").first.click()
    seen(owner, "已受理")
    for desk in (dispatcher, manager):
        desk.goto(f"{address}/staff/repairs/{number}")
        book(desk)
        seen(owner, "10:00–12:00")
        work(technician, f"{address}/staff/repairs/{number}", photo)
        desk.reload()
        desk.get_by_role("button", name="质检通过").first.click()
        seen(owner, "验收签字")
        owner.get_by_role("link", name=re.compile("验收")).first.click()
        if desk is dispatcher:
            still_wrong(owner)
    sign(owner)
    seen(owner, "您已确认")


def seen(owner: Page, words: str) -> None:
    """The owner loads the page again and reads."""
    owner.reload()
    expect(owner.locator("main")).to_contain_text(words)


def report(owner: Page, photo: Path) -> str:
    """One choice after the other; what was typed stays, and the answer is read before it is sent."""
    owner.get_by_role("link", name=re.compile("我要报修")).first.click()
    owner.get_by_label("情况说明").fill(WORDS)
    for value in ("space.master_bath", "LEAK", "LEAK-05"):
        owner.locator(f"#report-choice input[value='{value}']").check()
        owner.get_by_role("button", name=re.compile("下一步|提交报修")).click()
    expect(owner.locator("#report-answer")).to_contain_text("保修内")
    expect(owner.get_by_label("情况说明")).to_have_value(WORDS)
    owner.locator("input[type=file]").set_input_files(photo)
    owner.get_by_role("button", name="提交报修").click()
    owner.wait_for_url(re.compile(r"/repairs/BX\d{8}-\d{3}$"))
    return owner.url.rpartition("/")[2]


def work(technician: Page, address: str, photo: Path) -> None:
    """Start, progress with a photo, finish."""
    technician.goto(address)
    technician.get_by_role("button", name="开始维修").first.click()
    form = technician.locator("form[action$='/completion']")
    form.locator("textarea").fill("已打开吊顶，找到渗水点")
    form.locator("input[type=file]").set_input_files(photo)
    form.get_by_role("button", name="只发进展").click()
    expect(technician.locator(".timeline")).to_contain_text("找到渗水点")
    form.locator("textarea").fill("补防水，闭水 24 小时不漏")
    form.get_by_role("button", name="登记完工").click()


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
    """Three scores, and the typed name."""
    form = owner.locator("form[action$='/confirmation']")
    for name in ("quality", "speed", "manner"):
        form.locator(f"input[name={name}][value='4']").check()
    form.get_by_label("输入姓名").fill("林晓雯")
    form.get_by_role("button", name="确认完成").click()
    owner.wait_for_url(re.compile(r"/repairs/BX\d{8}-\d{3}$"))
