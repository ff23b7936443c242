"""Bad input gets words next to the field, in both languages, keeps what was typed and loses nothing."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import pytest

from portal.models.base import db
from portal.models.files import Attachment
from portal.models.repairs import Ticket
from tests.pictures import jpeg
from tests.stage.cast import Cast
from tests.stage.client import PageClient

TRUNCATED = jpeg("teal", (400, 300)).getvalue()[:900]
FILES = {
    "not a picture": (b"%PDF-1.7 ...", "JPEG、PNG、WebP", "JPEG, PNG, WebP"),
    "html as jpeg": (b"<html><script>alert(1)</script>", "JPEG、PNG、WebP", "JPEG, PNG, WebP"),
    "truncated": (TRUNCATED, "损坏", "damaged"),
    "too large": (b"\xff\xd8" + bytes(15 * 1024 * 1024 + 1), "15 MB", "15 MB"),
}


def answered(browser: PageClient, **fields: object) -> tuple[PageClient, object]:
    """The report's page with place, category and defect chosen and the answer shown."""
    page = browser.submit("/repairs/new", "/repairs", place="space.kitchen", category="PLUMB", words="滴水")
    return browser.submit(page, "/repairs", defect="PLUMB-02", **fields)


def send(browser: PageClient, **fields: object):
    """Send the report with some fields changed."""
    return browser.submit(answered(browser), "/repairs", **fields)


def count(cast: Cast) -> int:
    """How many tickets there are."""
    with cast.at_work():
        return db.session.query(Ticket).count()


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("name", list(FILES))
def test_a_bad_file_is_named_and_the_words_stay(app, cast: Cast, sign_in, name: str, locale: str):
    content, zh, en = FILES[name]
    owner = sign_in("owner")
    if locale == "en":
        owner.submit("/account", "/language", locale="en", next="/account")
    answer = send(owner, words="厨房水槽下面滴水", photos=[(BytesIO(content), "照片.jpg"), (jpeg(), "好的.jpg")])
    assert answer.status_code == 422
    assert (zh if locale == "zh" else en) in answer.text
    assert "厨房水槽下面滴水" in answer.text
    assert count(cast) == 0
    with cast.at_work():
        assert db.session.query(Attachment).count() == 1, "the good photo waits in the draft"


def test_the_good_photo_of_a_refused_form_arrives_with_the_second_try(app, cast: Cast, sign_in):
    owner = sign_in("owner")
    page = send(owner, photos=[(BytesIO(b"nothing"), "坏.jpg"), (jpeg(), "好.jpg")])
    assert owner.submit(page, "/repairs").status_code == 303
    with cast.at_work():
        assert db.session.query(Attachment).one().about_id == db.session.query(Ticket).one().id


def test_the_tenth_photo_is_refused_and_nine_stay(app, cast: Cast, sign_in):
    answer = send(sign_in("owner"), photos=[(jpeg(), f"{n}.jpg") for n in range(10)])
    assert answer.status_code == 422
    assert "最多 9 张" in answer.text
    with cast.at_work():
        assert db.session.query(Attachment).count() == 9


@pytest.mark.parametrize(("words", "error"), [("   ", "请说说是什么情况"), ("漏" * 5000, "最多 2000 字")])
def test_no_words_and_too_many(app, cast: Cast, sign_in, words: str, error: str):
    answer = send(sign_in("owner"), words=words)
    assert answer.status_code == 422
    assert error in answer.text
    assert words.strip() in answer.text
    assert count(cast) == 0


@pytest.mark.parametrize(("locale", "words"), [("zh", "请从列出的里选"), ("en", "Choose from those listed")])
def test_a_half_day_that_is_over_is_refused_in_words(app, cast: Cast, sign_in, locale: str, words: str):
    owner = sign_in("owner")
    owner.submit("/account", "/language", locale=locale, next="/account")
    answer = send(owner, preferred=["2020-01-01/am"])
    assert answer.status_code == 422
    assert words in answer.text
    assert "2020-01-01" not in answer.text
    assert count(cast) == 0


def test_a_double_click_makes_one_ticket(app, cast: Cast, sign_in):
    owner = sign_in("owner")
    form = owner.form(answered(owner), "/repairs")
    first = owner.post(form.action, data=form.fields)
    second = owner.post(form.action, data=form.fields)
    assert first.headers["Location"] == second.headers["Location"]
    assert count(cast) == 1


def test_a_foreign_number_is_not_found_and_nothing_is_written(app, cast: Cast, sign_in):
    with cast.at_work():
        number = cast.ticket().number
        db.session.commit()
    neighbour = sign_in("neighbour")
    assert neighbour.get(f"/repairs/{number}").status_code == 404
    assert neighbour.get("/repairs/BX20200101-001").status_code == 404
    form = sign_in("owner").form(f"/repairs/{number}", "/messages")
    token = neighbour.form("/home", "/language").fields["csrf_token"]
    answer = neighbour.post(form.action, data={"text": ["x"], "csrf_token": token})
    assert answer.status_code == 404


@pytest.mark.parametrize(("locale", "words"), [("zh", "这一页放得太久了"), ("en", "too long")])
def test_a_form_without_its_token_is_refused_in_words(app, cast: Cast, sign_in, locale: str, words: str):
    owner = sign_in("owner")
    owner.submit("/account", "/language", locale=locale, next="/account")
    answer = owner.post("/repairs", data={"words": "滴水", "once": str(uuid4())})
    assert answer.status_code == 400
    assert words in answer.text
    assert count(cast) == 0


def test_an_expired_session_in_a_fragment_leads_to_the_sign_in_page(app, cast: Cast, sign_in):
    with cast.at_work():
        number = cast.ticket().number
        db.session.commit()
    nobody = PageClient.of(app, None)
    answer = nobody.get(f"/repairs/{number}/pieces", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.text) == (401, "/", "")


@pytest.mark.parametrize(("phone", "words"), [("abc", "11 位手机号"), ("", "填写手机号")])
def test_a_number_that_cannot_be_one(app, client, phone: str, words: str):
    answer = client.submit("/?way=password", "/sessions", phone=phone, password="x")
    assert answer.status_code == 422
    assert words in answer.text


def test_known_and_unknown_numbers_hear_the_same_words(app, client):
    known = client.submit("/?way=password", "/sessions", phone="12900000001", password="wrong")
    unknown = client.submit("/?way=password", "/sessions", phone="12900000888", password="wrong")
    assert known.status_code == unknown.status_code == 422
    assert "手机号或密码不对" in known.text
    assert "手机号或密码不对" in unknown.text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_on_after_signing_in_stays_here(app, client, target: str):
    from tests.people import CAST, PASSWORD

    answer = client.submit("/?way=password", "/sessions", phone=CAST["owner"].phone, password=PASSWORD, next=target)
    assert answer.headers["Location"] == "/home"
