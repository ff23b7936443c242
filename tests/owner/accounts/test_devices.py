"""My devices: which, since when, this one; and signing out of the others."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal import clock
from portal.jobs.worker import Worker
from portal.models.accounts import Device, Session
from portal.models.base import db
from portal.models.notices import Notice
from portal.web.devices import label_of
from tests.people import CAST, PASSWORD
from tests.stage.client import PageClient
from tests.web.test_signing_in import token_of

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Mobile/15E148 Safari/604.1"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 15; PLK110) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0 "
    "Mobile Safari/537.36 MicroMessenger/8.0.60"
)
LABELS = [
    (IPHONE, "iPhone · Safari"),
    (ANDROID, "Android · WeChat"),
    (WINDOWS, "Windows · Chrome"),
    (WINDOWS + " Edg/140.0", "Windows · Edge"),
    (WINDOWS + " OPR/120", "Windows · Opera"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0", "Mac · Firefox"),
    (IPHONE.replace("Version/18.6", "CriOS/140"), "iPhone · Chrome"),
    (
        "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 ArkWeb/4.1 Mobile HuaweiBrowser/5.0",
        "HarmonyOS · Huawei",
    ),
    ("curl/8", None),
    ("", None),
    ("<script>" * 1000, None),
]


@pytest.mark.parametrize(("description", "label"), LABELS)
def test_a_device_is_named_in_coarse_words(description: str, label: str | None):
    assert label_of(description) == label


def browser(app, description: str, key: str = "owner") -> PageClient:
    """Somebody signed in for real with a browser of that description."""
    client = PageClient.of(app, None)
    client.environ_base["HTTP_USER_AGENT"] = description
    assert client.sign_in(key).status_code == 303
    return client


def test_this_one_first_in_plain_words_and_nothing_finer(app):
    browser(app, IPHONE)
    here = browser(app, WINDOWS)
    text = here.get("/account/devices").text
    assert re.search(r"Windows · Chrome.*这台设备.*iPhone · Safari", text, re.DOTALL)
    assert text.count("这台设备") == 1
    for finer in ("18_6", "140.0", "NT 10.0", "127.0.0.1"):
        assert finer not in text
    assert "登录的设备" in here.get("/account").text


def test_ending_one_and_all_others(app):
    phone, tablet, here = browser(app, IPHONE), browser(app, ANDROID), browser(app, WINDOWS)
    page = here.get("/account/devices")
    ends = re.findall(r'action="(/account/devices/[0-9a-f-]{36}/end)"', page.text)
    assert len(ends) == 2
    assert here.submit(page, ends[0], follow=True).status_code == 200
    assert [other.get("/account").status_code for other in (phone, tablet)].count(200) == 1
    answer = here.submit("/account/devices", "/others/end", follow=True)
    assert "其他 1 台设备已退出登录" in answer.text
    assert [other.get("/account").status_code for other in (phone, tablet)] == [303, 303]
    assert here.get("/account").status_code == 200


def test_everywhere_ends_here_as_well(app):
    phone, here = browser(app, IPHONE), browser(app, WINDOWS)
    answer = here.submit("/account/devices", "/all/end")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert phone.get("/account").status_code == here.get("/account").status_code == 303


def test_another_persons_session_is_not_mine_to_end(app, cast):
    here = browser(app, WINDOWS)
    browser(app, IPHONE, "neighbour")
    with cast.at_work():
        account = cast.account("neighbour").id
        theirs = db.session.scalars(select(Session).where(Session.account_id == account)).one().id
    form = here.form("/account/devices", "/all/end")
    assert here.post(f"/account/devices/{theirs}/end", data=form.fields).status_code == 404


def test_the_staff_have_the_page_too(app):
    text = browser(app, WINDOWS, "dispatcher").get("/account/devices").text
    assert "半小时不用自动退出" in text


@pytest.mark.parametrize(("key", "staff"), [("owner", False), ("dispatcher", True)])
def test_a_new_device_is_told_once_and_the_first_ever_not(app, cast, key: str, staff: bool):
    def told() -> list[tuple[str, bool, str]]:
        with cast.at_work():
            Worker(app).drain()
            person = cast.person(key).id
            return [(n.text, n.staff, n.about) for n in Notice.of_person(person, staff=staff)]

    first = browser(app, IPHONE, key)
    assert told() == []
    first.submit("/account", "/sessions/end")
    first.sign_in(key)
    assert told() == []
    browser(app, WINDOWS, key)
    (notice,) = told()
    assert "新设备" in notice[0]
    assert notice[1:] == (staff, "account")
    page = first.get("/staff/notices" if staff else "/notices").text
    assert 'href="/account/devices"' in page
    mails = list((app.extensions["portal.settings"].outbox).rglob("*.eml"))
    assert len(mails) == 1


@pytest.mark.parametrize("guesses", [60, pytest.param(1000, marks=pytest.mark.long)])
def test_guesses_from_strange_devices_refuse_no_known_one(app, guesses: int):
    """The browser that has signed in before is let in every time."""
    mine = browser(app, IPHONE)
    app.config["WTF_CSRF_ENABLED"] = False
    refused = {"mine": 0, "strange": 0}
    stranger = PageClient.of(app, None)
    for number in range(guesses):
        guess = {"phone": CAST["owner"].phone, "password": f"guess {number}"}
        refused["strange"] += stranger.post("/sessions", data=guess).status_code == 429
        if number % 10 == 9:
            mine.post("/sessions/end")
            answer = mine.post("/sessions", data={"phone": CAST["owner"].phone, "password": PASSWORD})
            refused["mine"] += answer.status_code != 303
    assert refused["mine"] == 0
    assert refused["strange"] > guesses // 2


def test_waiting_is_said_in_words_and_in_the_header_alike_for_everybody(app):
    app.config["WTF_CSRF_ENABLED"] = False
    stranger = PageClient.of(app, None)
    answers = []
    for phone in (CAST["owner"].phone, "12900009999"):
        with clock.at(clock.now()):
            for _ in range(6):
                answer = stranger.post("/sessions", data={"phone": phone, "password": "wrong"})
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "1"
        assert "试的次数多了，请等 1 秒再试" in answer.text
        answers.append(re.sub(r'(value|content)="[^"]{8,}"', "", answer.text))
    assert answers[0] == answers[1]


def test_the_device_cookie_is_ours_or_none(app, cast):
    """A made-up key is not taken over: the browser gets a new one, and signing out keeps it known."""
    client = PageClient.of(app, None)
    client.set_cookie("anju-device", "made-up")
    client.sign_in("owner")
    kept = client.get_cookie("anju-device")
    assert kept is not None
    assert kept.value != "made-up"
    client.submit("/account", "/sessions/end")
    assert client.get_cookie("anju-device") is not None
    client.sign_in("owner")
    assert token_of(client)
    with cast.at_work():
        assert db.session.scalars(select(Device)).one().account_id == cast.account("owner").id


def test_guesses_at_the_proof_are_slowed_down(app, sign_in):
    owner = sign_in("owner")
    with clock.at(clock.now()):
        for _ in range(5):
            assert owner.submit("/proof", "/proof", text="wrong").status_code == 422
        answer = owner.submit("/proof", "/proof", text=PASSWORD)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"
