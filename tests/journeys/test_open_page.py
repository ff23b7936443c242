"""A page that stays open: what is being written outlives the steps of others, and countdowns go on."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.test_live_story import DESK, Opens
from tests.journeys.test_pages import let_in


def test_a_form_keeps_what_is_being_chosen_while_others_act(site, at, do, open_page: Opens):
    app, address = site
    number, page = at("job_booked"), open_page(viewport=DESK)
    let_in(page, app, address, "manager")
    page.goto(f"{address}/staff/repairs/{number}")
    page.get_by_label("从", exact=True).select_option("17:30")
    page.get_by_label("到", exact=True).select_option("19:00")
    do(number, "rebook")
    expect(page.locator('input[name="version"][value="3"]').first).to_be_attached()
    expect(page.get_by_label("从", exact=True)).to_have_value("17:30")
    expect(page.get_by_label("到", exact=True)).to_have_value("19:00")


def test_words_of_a_form_that_goes_away_are_set_aside(site, at, do, open_page: Opens):
    app, address = site
    number, page = at("work_done"), open_page()
    let_in(page, app, address, "dispatcher")
    page.goto(f"{address}/staff/repairs/{number}")
    page.get_by_label("哪里要重做").press_sequentially("收口没做好")
    do(number, "pass_check")
    expect(page.get_by_label("哪里要重做")).to_have_count(0)
    aside = page.get_by_label("您写的没有发出，需要时可以复制")
    expect(aside).to_have_value("收口没做好")
    expect(aside).to_be_focused()
    expect(aside).to_be_in_viewport()


def test_words_that_were_sent_are_not_written_again(site, at, open_page: Opens):
    app, address = site
    number, page = at("in_work"), open_page()
    let_in(page, app, address, "technician")
    page.goto(f"{address}/staff/repairs/{number}")
    for words in ("拆开检查了", "换了密封圈"):
        page.get_by_label("进展").fill(words)
        page.get_by_role("button", name="只发进展").click()
        expect(page.locator(f"#ticket-{number}-timeline")).to_contain_text(words)
        expect(page.get_by_label("进展")).to_have_value("")


def test_a_countdown_goes_on_while_the_stream_is_quiet(site, at, do, open_page: Opens):
    app, address = site
    number, page = at("in_work"), open_page()
    let_in(page, app, address, "owner")
    page.clock.install()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/pieces" in request.url else None)
    with page.expect_response(lambda answer: "/live" in answer.url):
        page.goto(f"{address}/repairs/{number}")
    _half_a_minute_on(page)
    assert asked == []  # without a stream it would have asked twice by now
    with page.expect_response(lambda answer: "/bell" in answer.url):  # half a minute on it would give up
        do(number, "post_progress")  # a sign of life, as the beats are
    expect(page.locator(f"#ticket-{number}-timeline")).to_contain_text("正在补防水")
    expect(page.locator(".htmx-request")).to_have_count(0)
    assert len(asked) == 1
    with page.expect_response(lambda answer: "/pieces" in answer.url):
        _half_a_minute_on(page)
    assert len(asked) == 2


def _half_a_minute_on(page: Page) -> None:
    """In steps, each when everything is answered: what is asked for gives up after half a minute of that clock."""
    for _ in range(4):
        page.wait_for_timeout(300)
        expect(page.locator(".htmx-request")).to_have_count(0)
        page.clock.run_for(7_750)
