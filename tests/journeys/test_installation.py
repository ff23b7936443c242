"""A real installation: production keys, the first administrator, homes from a file, people by one-time link."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pyotp
import pytest

from portal import config, create_app
from tests.journeys.story import Story
from tests.people import CAST
from tests.stage.building import close
from tests.stage.client import PageClient

SECRET = "a long enough password 2026"
HOMES = """building,entrance,number,floor,house_type,area,handed_over_on
1,1,0101,1,C118,118.60,2025-06-28
1,1,0102,1,C118,118.60,2025-06-28
"""


class Shell:
    """The command line of an installation in a folder."""

    def __init__(self, folder: Path) -> None:
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")} | {
            "PORTAL_INSTANCE": str(folder / "instance"),
            "PORTAL_MODE": "production",
            "PORTAL_ROOT_KEY_FILE": str(folder / "root.key"),
            "PORTAL_PUBLIC_URL": "http://portal.invalid",
            "PORTAL_WORKER": "no",
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """``flask --app portal …``"""
        command = [sys.executable, "-m", "flask", "--app", "portal", *words]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)

    def link(self, *words: str) -> str:
        """The path of the one-time link that a command prints."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        found = re.search(r"/links/\S+", done.stdout)
        assert found, done.stdout
        return found[0]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell whose installation has been made."""
    shell = Shell(tmp_path)
    words = ("init", "--code", "here", "--name-zh", "云栖里", "--name-en", "Yunqi Li", "--hotline", "400-000-0000")
    shell.link(*words, "--admin-name", "唐一鸣", "--admin-phone", CAST["admin"].phone)
    (tmp_path / "homes.csv").write_text(HOMES, "utf-8")
    return shell


def test_without_keys_the_commands_say_so(tmp_path: Path):
    done = Shell(tmp_path).run("people", "invite", "12900000001")
    assert done.returncode != 0
    assert "key" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_root_key_lies_outside_the_instance(tmp_path: Path):
    shell = Shell(tmp_path)
    shell.env["PORTAL_ROOT_KEY_FILE"] = str(tmp_path / "instance" / "root.key")
    done = shell.run("init")
    assert done.returncode != 0
    assert "outside" in done.stderr


def test_the_story_runs_on_an_installation_without_demo_data(shell: Shell, tmp_path: Path):
    file = str(tmp_path / "homes.csv")
    assert "Would add 2" in shell.run("homes", "import", file, "--dry-run").stdout
    assert "Added 2" in shell.run("homes", "import", file).stdout
    assert "same 2" in shell.run("homes", "import", file).stdout
    shell.run("people", "add", CAST["owner"].name, CAST["owner"].phone, "--home", "1-1-0101")
    for key in ("service_agent", "dispatcher", "technician", "manager"):
        known = CAST[key]
        done = shell.run("people", "add", known.name, known.phone, "--role", known.role, "--badge", known.badge)
        assert done.returncode == 0, done.stderr
    links = {key: shell.link("people", "invite", CAST[key].phone) for key in (*LETS_IN,)}
    env = shell.env | {"PORTAL_PASSWORD_MEMORY_KIB": "19456"}
    app = create_app(config.load(env))
    app.config["TESTING"] = True
    for link in links.values():
        browser = PageClient.of(app, None)
        assert browser.submit(link, link, password=SECRET, repeated=SECRET).status_code == 303
        assert browser.get(link).status_code == 404
    browsers = {key: _signed_in(app, key) for key in links}
    _tell(Story(lambda key: browsers[key]))
    close(app)


LETS_IN = ("owner", "service_agent", "dispatcher", "technician")


def _signed_in(app, key: str) -> PageClient:
    browser = PageClient.of(app, None)
    answer = browser.submit("/?way=password", "/sessions", phone=CAST[key].phone, password=SECRET)
    assert answer.status_code == 303, answer.text
    if CAST[key].role:
        _second_step(browser)
    else:
        assert browser.submit("/privacy/notice", "/privacy/notice").status_code == 303
    return browser


def _second_step(browser: PageClient) -> None:
    """New staff set up an app, and the codes on paper, before they come to their work."""
    page = browser.get("/second-step").headers["Location"]
    assert page == "/second-step/set-up"
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', browser.get(page).text)
    assert found is not None
    assert "演示环境" not in browser.get(page).text
    totp = pyotp.TOTP(found[1].replace(" ", ""))
    done = browser.submit(page, page, code=totp.now())
    assert browser.submit(done.headers["Location"], "/recovery-codes").status_code == 201


def _tell(story: Story) -> None:
    story.report(place="space.bath")
    story.staff("service_agent", "/acknowledgement")
    story.book()
    story.work()
    story.staff("dispatcher", "/check")
    story.confirm("/confirmation", quality="5", speed="5", manner="5", signature_name="林晓雯")
    assert "完成" in story.owner_page()
