"""The other scripts: forms, dialogs, what expires, the signing pad, keys. Each page runs under the portal's policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.stand import Stand

if TYPE_CHECKING:
    from playwright.sync_api import Page

Until = Callable[[Callable[[], object]], None]

TOKEN = '<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">'
REFUSED = (
    "<form id='form' hx-post='/sent?status=200' hx-target='this' hx-swap='outerHTML'>"
    "<div class='errors' tabindex='-1' role='alert'><h2>有 1 处要改</h2></div><button id='press'>go</button></form>"
)
SIGN = """{% from "components/sign.html" import sign %}<form method="post" action="/sent">TOKEN
{{ sign({'id': 'drawn', 'name': 'drawn', 'errors': []}, {'id': 'typed', 'name': 'typed', 'errors': []}) }}
<button type="submit" id="press">确认</button></form>""".replace("TOKEN", TOKEN)
REVEAL = """{% from "components/dialog.html" import opener, reveal %}
<dl class="facts"><div><dt>电话</dt><dd id="f-phone" class="mask">138****8000</dd>
<dd>{{ opener("show", "显示") }}</dd></div></dl>{% set why = [{"value": "visit", "label": "联系上门"}] %}
{{ reveal("show", "显示电话号码", "会记录。", url_for("sent", answer=shown), "f-phone", why) }}
<p><a href="/home" id="away">home</a></p>"""
SHOWN = (
    '{%% set shown = \'<dd id="f-phone" class="mask" data-expires="%s" data-masked="138****8000">13800138000</dd>\' %%}'
)


def at(page: Page, stand: Stand, body: str) -> Page:
    stand.body = body
    page.goto(f"{stand.address}/page")
    return page


def test_a_script_sends_the_token_with_what_it_changes(page: Page, stand: Stand) -> None:
    at(page, stand, '<button id="press" hx-post="/sent" hx-target="#out">go</button><p id="out"></p>')
    page.click("#press")
    page.locator("#done").wait_for()
    assert len(stand.posts) == 1


@pytest.mark.parametrize("action", ['action="/sent"', 'hx-post="/sent" hx-target="#out"'])
def test_a_double_press_is_one_request(page: Page, stand: Stand, action: str) -> None:
    button = '<button id="press" name="way" value="a">go</button>'
    at(page, stand, f'<form method="post" {action}>{TOKEN}{button}</form><p id="out"></p>')
    page.evaluate("const b = document.getElementById('press'); b.click(); b.click(); b.click();")
    page.locator("#done").wait_for()
    page.wait_for_timeout(100)
    assert [post["way"] for post in stand.posts] == [["a"]]


def test_a_script_form_can_be_pressed_again_when_it_has_been_answered(page: Page, stand: Stand, until: Until) -> None:
    form = f'<form method="post" hx-post="/sent" hx-target="#out">{TOKEN}<button id="press">go</button></form>'
    at(page, stand, f'{form}<p id="out"></p>')
    for count in (1, 2):
        page.click("#press")
        until(lambda: len(stand.posts) == count)  # noqa: B023 - asked at once
        page.locator("#press:not([aria-busy])").wait_for()


def test_a_refused_form_leads_to_what_must_be_mended(page: Page, stand: Stand, page_errors: list[str]) -> None:
    at(
        page,
        stand,
        '{% set answer = "' + REFUSED + '" %}<form id="form" hx-post="{{ url_for("sent", status=422, answer=answer) }}"'
        ' hx-target="this" hx-swap="outerHTML"><button id="press">go</button></form>',
    )
    page.click("#press")
    page.locator(".errors:focus").wait_for()
    assert len(page_errors) == 1
    assert "422" in page_errors[0]
    page_errors.clear()


def test_a_refused_page_leads_there_too(page: Page, stand: Stand) -> None:
    at(page, stand, '<div class="errors" tabindex="-1" role="alert"><h2>有 1 处要改</h2></div>')
    page.locator(".errors:focus").wait_for()


def test_focus_is_not_lost_when_the_pressed_button_is_swapped_away(page: Page, stand: Stand) -> None:
    at(page, stand, '<div id="out"><form hx-post="/sent" hx-target="#out"><button id="press">go</button></form></div>')
    page.click("#press")
    page.locator("#done").wait_for()
    page.locator("#out:focus").wait_for()


def test_a_failed_request_is_said_and_nothing_is_swapped(page: Page, stand: Stand, page_errors: list[str]) -> None:
    at(page, stand, '<div id="out"><button id="press" hx-post="/sent?status=503" hx-target="#out">go</button></div>')
    page.click("#press")
    page.locator(".toast", has_text="没有办成，请再试一次。").wait_for()
    assert page.locator("#press").is_visible()
    page.context.set_offline(True)
    page.click("#press")
    page.locator(".toast", has_text="没有网络，连上以后再试。").wait_for()
    page.context.set_offline(False)
    page_errors.clear()


@pytest.mark.parametrize("native", [True, False])
def test_a_reveal_closes_its_dialog_and_hides_itself(page: Page, stand: Stand, native: bool) -> None:
    if not native:  # an older browser: it does not know the attribute, and does nothing by itself
        page.add_init_script(
            "delete HTMLButtonElement.prototype.command;"
            "addEventListener('command', (event) => event.preventDefault(), true);"
        )
    at(page, stand, SHOWN % "1" + REVEAL)
    page.click("text=显示")
    page.locator("#show").wait_for()
    page.click("text=取消")
    page.locator("#show").wait_for(state="hidden")
    page.click("text=显示")
    page.click("text=显示 60 秒")
    page.locator("#f-phone", has_text="13800138000").wait_for()
    assert page.locator("#show").is_hidden()
    assert stand.posts[0]["reason"] == ["visit"]
    page.locator("#f-phone", has_text="138****8000").wait_for()


def test_a_refused_reveal_stays_open(page: Page, stand: Stand, page_errors: list[str]) -> None:
    at(page, stand, REVEAL.replace("answer=shown", "status=422"))
    page.click("text=显示")
    page.click("text=显示 60 秒")
    page.locator("#done").wait_for()
    assert page.locator("#show").is_visible()
    page_errors.clear()


def test_going_away_and_back_does_not_bring_the_value_back(page: Page, stand: Stand) -> None:
    at(page, stand, SHOWN % "60" + REVEAL)
    page.click("text=显示")
    page.click("text=显示 60 秒")
    page.locator("#f-phone", has_text="13800138000").wait_for()
    page.click("#away")
    page.go_back()
    page.locator("#f-phone").wait_for()
    assert page.locator("#f-phone").inner_text() == "138****8000"


def test_a_signature_is_drawn_wiped_and_sent_as_a_path(page: Page, stand: Stand) -> None:
    at(page, stand, SIGN)
    pad = page.locator("#pad")
    box = pad.bounding_box()
    assert box is not None
    assert pad.get_attribute("aria-label") == "签名区，还没有签名"
    for stroke in ([(20, 20), (80, 60), (140, 30)], [(160, 80), (-50, 90)]):
        x, y = stroke[0]
        page.mouse.move(box["x"] + x, box["y"] + y)
        page.mouse.down()
        for x, y in stroke[1:]:
            page.mouse.move(box["x"] + x, box["y"] + y, steps=5)
        page.mouse.up()
    drawn = page.input_value("#drawn")
    assert re.fullmatch(r"(M\d{1,3} \d{1,3}(L\d{1,3} \d{1,3})+){2}", drawn)
    assert "L0 " in drawn
    assert page.locator("#pad path").get_attribute("d") == drawn
    assert pad.get_attribute("aria-label") == "签名区，已签名"
    page.click("text=重签")
    assert (page.input_value("#drawn"), pad.get_attribute("aria-label")) == ("", "签名区，还没有签名")
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 70, steps=3)
    page.mouse.up()
    page.click("#press")
    page.locator("#done").wait_for()
    assert stand.posts[0]["drawn"][0].startswith("M")


def test_a_pad_takes_no_endless_scribble(page: Page, stand: Stand) -> None:
    at(page, stand, SIGN)
    page.evaluate(
        """() => { const pad = document.getElementById("pad"); pad.setPointerCapture = () => {};
        pad.hasPointerCapture = () => true; const { left, top } = pad.getBoundingClientRect();
        const at = (kind, x, y) => pad.dispatchEvent(new PointerEvent(kind, { clientX: left + x, clientY: top + y }));
        at("pointerdown", 1, 1);
        for (let n = 0; n < 3000; n += 1) at("pointermove", (n * 7) % 300, (n * 11) % 140); }"""
    )
    assert len(re.findall("[ML]", page.input_value("#drawn"))) == 2000


def test_without_scripts_the_name_is_typed(stand: Stand, open_page: Callable[..., Page]) -> None:
    page = at(open_page(java_script_enabled=False), stand, SIGN)
    assert page.locator("#pad").is_hidden()
    page.fill("#typed", "林晓雯")
    page.click("#press")
    page.locator("#done").wait_for()
    assert stand.posts[0]["typed"] == ["林晓雯"]


def test_a_key_goes_to_the_field_that_names_it_unless_somebody_types(page: Page, stand: Stand) -> None:
    at(page, stand, '<input id="q" aria-keyshortcuts="/"><input id="other">')
    page.keyboard.press("/")
    page.locator("#q:focus").wait_for()
    assert page.input_value("#q") == ""
    page.fill("#other", "3")
    page.keyboard.press("/")
    assert page.input_value("#other") == "3/"
