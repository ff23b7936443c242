"""The main job told with pages only: what each person sees and presses, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from portal import clock
from tests.pictures import jpeg
from tests.stage.client import PageClient

WORDS = "昨晚洗澡后主卫天花板滴水，边上发黄"


class Story:
    """One leak from the report to the signature; ``browser`` gives a signed-in browser of somebody of the cast."""

    def __init__(self, browser: Callable[[str], PageClient]) -> None:
        self.browser = browser
        self.number = ""

    def report(self, key: str = "owner", place: str = "space.master_bath") -> None:
        """Choose, see promise and verdict, say it, send it."""
        owner = self.browser(key)
        page = owner.submit("/repairs/new", "/repairs", place=place, category="LEAK", words=WORDS)
        assert WORDS in page.text
        assert "卫生间" in page.text
        page = owner.submit(page, "/repairs", defect="LEAK-05")
        assert page.status_code == 200
        assert "保修内" in page.text
        assert "30 分钟" in page.text
        answer = owner.submit(page, "/repairs", photos=(jpeg(), "天花板.jpg"))
        assert answer.status_code == 303, answer.text
        self.number = answer.headers["Location"].rpartition("/")[2]

    def owner_page(self, key: str = "owner") -> str:
        """The ticket as the owner sees it now."""
        return self.browser(key).get(f"/repairs/{self.number}").text

    def staff(self, key: str, action: str, **fields: object) -> None:
        """One step on the workbench, through the form that this person is offered."""
        page = f"/staff/repairs/{self.number}"
        answer = self.browser(key).submit(page, action, **fields)
        assert answer.status_code == 303, answer.text

    def book(self, key: str = "dispatcher") -> None:
        """The technician of the cast, tomorrow from ten to twelve."""
        browser = self.browser(key)
        page = browser.get(f"/staff/repairs/{self.number}")
        options = [option.partition("</option>")[0] for option in page.text.split("<option")]
        grant = next(option for option in options if "周建国" in option).partition('value="')[2].partition('"')[0]
        day = (clock.today() + timedelta(days=1)).isoformat()
        answer = browser.submit(page, "/assignment", technician=grant, day=day, start="10:00", end="12:00")
        assert answer.status_code == 303, answer.text

    def work(self) -> None:
        """Start, progress with a photo, finish."""
        self.staff("technician", "/work")
        self.staff("technician", "/progress", words="已打开吊顶，找到渗水点", photos=(jpeg("red"), "进展.jpg"))
        self.staff("technician", "/completion", words="补防水，闭水 24 小时不漏", photos=(jpeg("green"), "完工.jpg"))

    def confirm(self, action: str, **fields: object) -> None:
        """The owner's verdict."""
        page = f"/repairs/{self.number}/confirmation"
        answer = self.browser("owner").submit(page, action, **fields)
        assert answer.status_code == 303, answer.text
