"""upload.js against a real server: progress, refusals, second tries, removal, limits, and a form without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.stand import Stand, Upload

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

Until = Callable[[Callable[[], object]], None]

FIELD = "{'id': 'photos', 'name': 'photos', 'label': {'text': '照片'}, 'errors': []}"
FORM = f"""{{% from "components/upload.html" import upload %}}
<form method="post" action="/sent" enctype="multipart/form-data">
<input type="hidden" name="csrf_token" value="{{{{ csrf_token() }}}}">
{{{{ upload({FIELD}, "/photos", kept, limit=3, megabytes=1) }}}}<button type="submit" id="press">提交</button></form>"""
KEPT = "{% set kept = [{'id': 'old', 'name': '旧.jpg', 'size': 2048, 'thumbnail_url': '/none.png'}] %}"


@pytest.fixture
def form(page: Page, stand: Stand) -> Page:
    """A form that takes three photos of at most 1 MB."""
    stand.body = "{% set kept = [] %}" + FORM
    page.goto(f"{stand.address}/page")
    return page


def photo(name: str, size: int = 1000) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": b"\xff" * size}


def choose(page: Page, *photos: FilePayload) -> None:
    page.set_input_files("#photos", list(photos))


def rows(page: Page, state: str) -> int:
    return page.locator(f"#photos-queue li[data-state={state}]").count()


def states(page: Page) -> list[str]:
    return page.locator("#photos-queue [data-part=state]").all_inner_texts()


def test_every_photo_goes_up_by_itself_and_its_id_goes_with_the_form(form: Page, stand: Stand) -> None:
    choose(form, photo("天花板.jpg"), photo("<b>墙.jpg"))
    form.locator("#photos-queue li[data-state=done]").nth(1).wait_for()
    assert sorted(stand.received) == ["<b>墙.jpg", "天花板.jpg"]
    assert states(form) == ["已上传", "已上传"]
    assert form.locator("#photos-queue [data-part=name]").all_inner_texts() == ["天花板.jpg", "<b>墙.jpg"]
    form.click("#press")
    form.locator("#done").wait_for()
    assert sorted(stand.posts[0]["photos_ids"]) == ["id-1", "id-2"]
    assert "photos" not in stand.posts[0]


def test_progress_is_shown_while_a_photo_is_on_its_way(form: Page, stand: Stand) -> None:
    slow = form.context.new_cdp_session(form)
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 300_000},
    )
    choose(form, photo("大.jpg", 900_000))
    seen = set()
    while rows(form, "busy"):
        seen.add(form.locator("#photos-queue progress").evaluate("bar => bar.value"))
    assert len(seen & set(range(1, 100))) >= 2
    assert form.locator("#photos-queue progress").evaluate("bar => bar.value") == 100
    assert stand.received == ["大.jpg"]


def test_a_form_waits_for_its_photos(form: Page, stand: Stand) -> None:
    slow = form.context.new_cdp_session(form)
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000},
    )
    choose(form, photo("大.jpg", 400_000))
    form.click("#press")
    assert form.locator("[data-note]").inner_text() == "照片还在上传，传完再提交。"
    assert stand.posts == []
    form.locator("#photos-queue li[data-state=done]").wait_for()
    form.click("#press")
    form.locator("#done").wait_for()
    assert stand.posts[0]["photos_ids"] == ["id-1"]


def test_a_refusal_is_told_in_the_servers_words_and_tried_again_in_place(
    form: Page, stand: Stand, page_errors: list[str]
) -> None:
    stand.uploads = [Upload(422, {"message": "这不是照片"}), Upload(500, "<h1>proxy</h1>"), Upload()]
    choose(form, photo("坏.jpg"))
    form.locator("#photos-queue li[data-state=failed]").wait_for()
    assert states(form) == ["这不是照片"]
    form.click("[data-retry]")
    form.locator("[data-part=state]", has_text="没有传上去").wait_for()
    form.click("[data-retry]")
    form.locator("#photos-queue li[data-state=done]").wait_for()
    assert (stand.received, rows(form, "failed")) == (["坏.jpg"], 0)
    assert form.locator("[data-retry]").is_hidden()
    page_errors.clear()


def test_without_a_network_it_fails_and_can_be_tried_again(form: Page, stand: Stand, page_errors: list[str]) -> None:
    form.context.set_offline(True)
    choose(form, photo("一.jpg"))
    form.locator("#photos-queue li[data-state=failed]").wait_for()
    form.context.set_offline(False)
    form.click("[data-retry]")
    form.locator("#photos-queue li[data-state=done]").wait_for()
    page_errors.clear()


def test_an_expired_session_is_named(form: Page, stand: Stand, page_errors: list[str]) -> None:
    stand.uploads = [Upload(401)]
    choose(form, photo("一.jpg"))
    form.locator("#photos-queue li[data-state=failed]").wait_for()
    assert states(form) == ["登录已过期"]
    page_errors.clear()


def test_the_limit_is_kept_and_said(form: Page, stand: Stand) -> None:
    choose(form, *(photo(f"{number}.jpg") for number in range(5)))
    form.locator("#photos-queue li[data-state=done]").nth(2).wait_for()
    assert form.locator("#photos-queue li").count() == 3
    assert form.locator("[data-note]").inner_text() == "最多 3 张，其余的没有加入。"
    assert form.locator("#photos").is_disabled()
    form.click("#photos-queue li:first-child [data-remove]")
    form.locator("#photos:not([disabled])").wait_for(state="attached")
    assert (form.locator("#photos-queue li").count(), len(stand.removed)) == (2, 1)


def test_a_photo_that_is_too_big_is_not_sent(form: Page, stand: Stand) -> None:
    choose(form, photo("巨大.jpg", 1_100_000))
    form.locator("#photos-queue li[data-state=failed]").wait_for()
    assert states(form) == ["超过 1 MB"]
    assert stand.received == []


def test_a_photo_that_was_taken_out_does_not_go_with_the_form(form: Page, stand: Stand) -> None:
    choose(form, photo("一.jpg"))
    form.locator("#photos-queue li[data-state=done]").wait_for()
    form.click("[data-remove]")
    form.locator("#photos-queue li").wait_for(state="detached")
    assert stand.removed == ["id-1"]
    form.click("#press")
    form.locator("#done").wait_for()
    assert "photos_ids" not in stand.posts[0]


def test_what_the_draft_already_had_can_be_taken_out(page: Page, stand: Stand, page_errors: list[str]) -> None:
    stand.body = KEPT + FORM
    page.goto(f"{stand.address}/page")
    page.click("#photos-queue [data-remove]")
    page.locator("#photos-queue li").wait_for(state="detached")
    assert stand.removed == ["old"]
    page_errors.clear()  # the picture itself is not there


def test_without_scripts_the_photos_go_with_the_form(stand: Stand, open_page: Callable[..., Page]) -> None:
    stand.body = "{% set kept = [] %}" + FORM.replace('action="/sent"', 'action="/photos"').replace(
        "'name': 'photos'", "'name': 'file'"
    )
    page = open_page(java_script_enabled=False)
    page.goto(f"{stand.address}/page")
    choose(page, photo("一.jpg"))
    page.click("#press")
    page.get_by_text("id-1").wait_for()
    assert stand.received == ["一.jpg"]
