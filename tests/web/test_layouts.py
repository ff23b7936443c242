from __future__ import annotations

import json
import re
from types import SimpleNamespace as Row
from typing import Any

import pytest
from flask import Flask, render_template, render_template_string
from flask_babel import force_locale

PLACES = [
    Row(endpoint="owner.home", label="我的家", icon="home", current=True, count=None),
    Row(endpoint="staff.day", label="我的一天", icon="sun", current=False, count=9, heading="系统"),
]
ERRORS = ["403", "404", "409", "413", "422", "429", "500", "error", "form_expired", "session_expired"]


def shown(shell: Flask, layout: str, locale: str = "zh", **context: Any) -> str:
    blocks = "{% block title %}标题{% endblock %}{% block main %}<h1>正文</h1>{% endblock %}"
    source = f"{{% extends 'layouts/{layout}.html' %}}{blocks}"
    with shell.test_request_context("/home?page=2"), force_locale(locale):
        return render_template_string(source, **context)


@pytest.mark.parametrize("layout", ["owner", "staff", "bare"])
def test_a_page_is_whole(shell: Flask, layout: str, either: str) -> None:
    text = shown(shell, layout, either, menu=PLACES)
    assert text.startswith("<!DOCTYPE html>")
    assert (
        f'<html lang="{"en" if either == "en" else "zh-CN"}" data-app="{"staff" if layout == "staff" else "owner"}">'
        in text
    )
    assert text.count("<h1>") == text.count("<main ") == text.count('rel="stylesheet"') == text.count("<script ") == 1
    assert re.search(r'<script src="/assets/\w{16}/anju\.js" defer></script>', text)
    assert re.search(r'<meta name="csrf-token" content="[\w.-]{40,}">', text)
    assert '<a class="skip" href="#main">' in text
    assert not re.search(r"<style|style=|\son\w+=|javascript:|<script>", text)
    assert "<title>标题" + (" · Anju" if either == "en" else "·安居") in text


def test_htmx_is_told_what_not_to_swap(shell: Flask) -> None:
    found = re.search(r"<meta name=\"htmx-config\" content='([^']+)'>", shown(shell, "bare"))
    assert found is not None
    assert json.loads(found.group(1)) == {
        "noSwap": [204, 304, "5xx"],
        "extensions": "ptag",
        "defaultTimeout": 15000,
        "includeIndicatorCSS": False,
    }


def test_the_library_knows_every_setting_by_that_name(shell: Flask) -> None:
    with shell.open_resource("static/vendor/htmx-4.0.1/htmx.min.js", "r") as file:
        library = file.read()
    for name in (
        "noSwap:[204,304]",
        "extensions:",
        "defaultTimeout:6e4",
        "includeIndicatorCSS:!0",
        '"htmx:config:request"',
    ):
        assert name in library


def test_the_present_place_is_marked(shell: Flask) -> None:
    owner = shown(shell, "owner", menu=PLACES)
    staff = shown(shell, "staff", menu=PLACES)
    assert '<a href="/home" aria-current="page">' in owner
    assert owner.count('aria-current="page"') == 1
    assert '<p>系统</p><a href="/day">' in staff
    assert "我的一天<span>9</span></a>" in staff


def test_what_is_not_given_is_not_shown(shell: Flask) -> None:
    text = shown(shell, "owner")
    assert 'class="nav"' not in text
    assert 'id="bell"' not in text
    assert "热线" not in text
    staff = shown(shell, "staff")
    assert 'role="search"' not in staff
    assert "登记来电" not in staff
    assert "退出" not in staff
    assert "data-live" not in staff


def test_bell_and_counts_fetch_themselves_when_they_are_live(shell: Flask) -> None:
    bell = shown(
        shell,
        "owner",
        notices_url="/notices",
        unread=2,
        bell_topic="person:7",
        bell_version=4,
        bell_url="/notices/bell",
        live="signed",
    )
    assert 'id="bell" href="/notices" aria-label="通知，2 条未读" data-topic="person:7" data-version="4"' in bell
    assert 'hx-get="/notices/bell"' in bell
    assert 'hx-trigger="stale" hx-swap="outerMorph" hx-ptag="4"' in bell
    assert '<body class="" data-live="signed">' in bell
    rail = shown(shell, "staff", menu=PLACES, rail_topic="queue:1", rail_version=3, rail_url="/day/counts")
    assert 'data-topic="queue:1" data-version="3" hx-get="/day/counts"' in rail


def test_the_language_is_a_press_that_comes_back_here(shell: Flask, either: str) -> None:
    text = shown(shell, "bare", either)
    other = "zh" if either == "en" else "en"
    assert '<form method="post" action="/language">' in text
    assert f'name="locale" value="{other}"' in text
    assert 'name="next" value="/home?page=2"' in text


def test_staff_on_a_phone_can_leave_and_change_language(shell: Flask) -> None:
    text = shown(
        shell, "staff", me="沈佳·客服主管", sign_out_url="/sessions/end", search_url="/search", call_url="/call"
    )
    assert '<form method="post" action="/sessions/end"><input type="hidden" name="csrf_token"' in text
    assert text.count('name="locale"') == 2
    assert 'aria-keyshortcuts="/"' in text


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_says_what_it_means_and_the_way_on(shell: Flask, name: str) -> None:
    with shell.test_request_context("/nowhere"):
        text = render_template(f"errors/{name}.html", hotline="400-000-0000")
        back = render_template(f"errors/{name}.html", back_url="/repairs", words="上门当天才能查看电话")
    heading = re.search(r"<h1>(.+?)</h1>\n<p>(.+?)</p>", text)
    assert heading is not None
    assert all(heading.groups())
    assert f"<title>{heading.group(1)}·安居</title>" in text
    assert '<a class="btn main" href="/">' in text
    assert "400-000-0000" in text
    assert f"<h1>{heading.group(1)}</h1>\n<p>上门当天才能查看电话" in back
    assert "！" not in text
    assert "请务必" not in text


def test_too_many_tries_says_how_long_to_wait(shell: Flask) -> None:
    with shell.test_request_context("/"):
        assert "请等 2 分钟 再试" in render_template("errors/429.html", retry_after=90)


def test_the_number_of_a_failed_request_is_given(shell: Flask) -> None:
    with shell.test_request_context("/"):
        assert "abc123" in render_template("errors/500.html", request_id="abc123")
        assert "编号" not in render_template("errors/500.html")
