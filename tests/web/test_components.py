from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace as Row
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (  # type: ignore[attr-defined]  # the stubs do not know SelectChoice yet
    BooleanField,
    DateField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from portal.web.clocks import ClockView

Render = Callable[..., str]
HOSTILE = '"><script>alert(1)</script>'
CHIP = ClockView("wait", "剩 0:14", 88, False, "还有 14 分钟")


@pytest.fixture
def render(shell: Flask) -> Iterator[Render]:
    """Render a component: ``render("tag", "tag", "新报修", "plain")``."""

    def rendered(file: str, macro: str, *values: Any, **named: Any) -> str:
        template = shell.jinja_env.get_template(f"components/{file}.html")
        text = str(getattr(template.make_module({}), macro)(*values, **named))
        assert "style=" not in text
        assert " on" not in re.sub(r">[^<]*<", "><", text)
        return text

    with shell.test_request_context("/repairs?page=2"):
        yield rendered


def test_icon_speaks_only_with_a_label(render: Render) -> None:
    assert 'aria-hidden="true"' in render("icon", "icon", "bell")
    assert re.fullmatch(
        r'<svg class="icon" role="img" aria-label="下一页"><use href="/assets/\w{16}/icons.svg#right"/></svg>',
        render("icon", "icon", "right", "下一页"),
    )


def test_every_icon_that_a_template_names_is_in_the_sprite(shell: Flask) -> None:
    loader = shell.jinja_env.loader
    assert loader is not None
    sources = [loader.get_source(shell.jinja_env, name)[0] for name in loader.list_templates()]
    named = {name for text in sources for name in re.findall(r"icon\(\"([\w-]+)\"", text)}
    with shell.open_resource("static/icons.svg", "r") as file:
        drawn = set(re.findall(r'<symbol id="([\w-]+)"', file.read()))
    assert {"bell", "camera"} <= named
    assert named <= drawn


def test_a_status_word_carries_its_tone_unless_it_is_archived(render: Render) -> None:
    assert render("tag", "tag", "维修中", "go", "solid") == '<span class="tag solid" data-tone="go">维修中</span>'
    assert render("tag", "tag", "已归档", style="line") == '<span class="tag line">已归档</span>'
    assert render("tag", "avatar", "周") == '<span class="avatar" aria-hidden="true">周</span>'


def test_the_clock_ring_is_the_share_used(render: Render) -> None:
    chip = render("clock", "chip", CHIP, "完工", "等业主")
    assert 'stroke-dasharray="88 100"' in chip
    assert chip.endswith("完工 剩 0:14 <small>等业主</small></span>")
    promise = render("clock", "promise", CHIP, "承诺 11月22日 18:00 前修好")
    assert '<progress max="100" value="88" aria-label="承诺时限已用 88%">88%</progress>' in promise
    assert "还有 14 分钟" in promise


def test_the_tracker_marks_the_present_stage(render: Render) -> None:
    stages = [
        Row(label="已派工", state="done", when="18日 09:41"),
        Row(label="维修中", state="now", when=""),
        Row(label="完成", state="todo", when=""),
    ]
    text = render("tracker", "tracker", stages, terse=True)
    assert '<ol class="tracker terse"' in text
    assert '<li data-state="done"><b>已派工</b><time>18日 09:41</time></li>' in text
    assert '<li data-state="now" aria-current="step"><b>维修中</b></li>' in text
    assert render("tracker", "steps", ["日期", "时段", "来人"], 2).count("aria-current") == 1


def test_the_timeline_keeps_the_moment_for_machines_and_escapes_what_people_wrote(render: Render) -> None:
    photo = Row(url="/p/1", thumbnail_url="/t/1", alt="吊顶水渍")
    entry = Row(
        title="方案已发给您", tone="wait", at=datetime(2026, 11, 20, 9, 48, tzinfo=UTC), text=HOSTILE, photos=[photo]
    )
    text = render(
        "timeline", "timeline", [entry, Row(title="提交", tone="", at=None, text="", photos=[])], "R3-timeline"
    )
    assert '<time datetime="2026-11-20T17:48+08:00">昨天 17:48</time>' in text
    assert 'alt="吊顶水渍"' in text
    assert "<script>" not in text
    assert "<li><h3>提交</h3></li>" in text


def test_verdict_turn_and_notice(render: Render) -> None:
    assert 'data-tone="wait"><strong>已过保' in render(
        "verdict", "verdict", "已过保，先报价再维修", "门窗 2 年", "wait"
    )
    assert 'id="verdict"' in render("verdict", "verdict", "保修内，免费", "防水 5 年", id="verdict", icon_name="shield")
    assert 'href="/r/3">验收签字</a>' in render("verdict", "turn", "门锁已修好，等您验收", "", "/r/3", "验收签字")
    assert "<br>" not in render("verdict", "turn", "门锁已修好，等您验收", "", "/r/3", "验收签字")
    assert "没有网络" in render("verdict", "notice", "没有网络", icon_name="offline")


def test_lists(render: Render) -> None:
    text = render(
        "lists",
        "rows",
        [{"title": "门锁", "url": "/r/1", "status": "已完成", "note": HOSTILE}, {"title": "闭水", "big": "28日"}],
        "next",
    )
    assert '<a href="/r/1">门锁</a>' in text
    assert "<strong>闭水</strong>" in text
    assert "<script>" not in text
    assert '<dd class="mask">138****8000</dd>' in render(
        "lists", "facts", [("电话", "138****8000", "mask"), ("房屋", "3-2-1202")]
    )
    figures = render(
        "lists",
        "figures",
        [{"value": 2, "label": "已超时", "tone": "late", "url": "/q"}, {"value": "96%", "label": "按时率"}],
        "概况",
    )
    assert '<a href="/q" data-tone="late"><strong>2</strong>已超时</a><div><strong>96%</strong>按时率</div>' in figures


def test_paging(render: Render) -> None:
    tabs = render(
        "paging",
        "tabs",
        [{"url": "?a", "label": "全部", "count": 0, "current": True}, {"url": "?b", "label": "存为视图"}],
        "视图",
    )
    assert '<a href="?a" aria-current="page">全部 <small>0</small></a><a href="?b">存为视图</a>' in tabs
    pager = render("paging", "pager", "第 1–14 单", "", "?after=x")
    assert pager.count('aria-disabled="true"') == 1
    assert '<a href="?after=x" rel="next">' in pager


def test_rooms_are_radios_over_the_plan(render: Render) -> None:
    rooms = [Row(code="bath", label="主卫", x=8, y=1, w=1, h=3), Row(code="hall", label="过道", x=5, y=3, w=3, h=1)]
    text = render("plan", "plan", "plan-c118", rooms, "room", "bath")
    assert '<label data-x="8" data-y="1" data-w="1" data-h="3"><input type="radio" name="room" value="bath"' in text
    assert " checked>主卫</label>" in text
    assert text.count("checked") == 1
    place = render("plan", "place", "plan-c118", "问题在主卫", rooms[0], (300, 44))
    assert '<rect class="room" x="280" y="0" width="40" height="120"/>' in place
    assert '<circle class="pin" cx="300" cy="44" r="8"/>' in place


def test_every_cell_of_the_plan_has_its_rule(shell: Flask) -> None:
    with shell.open_resource("static/anju.css", "r") as file:
        css = file.read()
    for axis, most in (("x", 8), ("y", 6)):
        for number in range(1, most + 1):
            assert f'[data-{axis}="{number}"]' in css
    for side, most in (("w", 8), ("h", 6)):
        for number in range(2, most + 1):
            assert f'[data-{side}="{number}"]' in css


def test_the_lit_window_of_the_elevation(render: Render) -> None:
    assert '<path class="you" d="M91 33h8v5h-8z"/>' in render("elevation", "elevation", "您家在 12 层", "12", 4)
    assert "you" not in render("elevation", "elevation", "您家在地下", "B1")


def test_empty_skeleton_and_toast(render: Render) -> None:
    assert 'href="/report">我要报修</a>' in render(
        "empty", "empty", "还没有报修", "随时告诉我们。", "/report", "我要报修"
    )
    assert 'role="status"' in render("empty", "skeleton")
    assert 'hx-swap-oob="beforeend:#toasts"' in render("empty", "toast", "已派给周建国")


def test_stars_light_up_from_the_best_in_the_markup(render: Render) -> None:
    text = render("stars", "stars", "score", ["很不满意", "不满意", "一般", "满意", "很满意"], 4)
    assert [int(value) for value in re.findall(r'value="(\d)"', text)] == [5, 4, 3, 2, 1]
    assert 'value="4" aria-label="4 星，满意" checked' in text


def test_a_reveal_asks_why_and_says_for_how_long(render: Render) -> None:
    text = render(
        "dialog", "reveal", "show-phone", "显示电话号码", "会记录。", "/reveals", "f-phone", [("visit", "联系上门")]
    )
    assert '<dialog id="show-phone" class="sheet" aria-labelledby="show-phone-h">' in text
    assert 'action="/reveals" hx-post="/reveals" hx-target="#f-phone"' in text
    assert "显示 60 秒" in text
    assert 'name="csrf_token"' in text
    assert 'command="close" commandfor="show-phone"' in text
    assert 'command="show-modal" commandfor="show-phone"' in render(
        "dialog", "opener", "show-phone", "显示", "eye", "mini"
    )
    shown = render("dialog", "revealed", "f-phone", "13800138000", "138****8000")
    assert shown == '<dd id="f-phone" class="mask" data-expires="60" data-masked="138****8000">13800138000</dd>'


class Everything(FlaskForm):
    """One field of each kind."""

    words = TextAreaField("情况说明", [InputRequired("请说说是什么情况")], description="什么时候开始")
    phone = StringField("手机号", [Length(min=11, message="填写 11 位手机号")])
    slot = SelectField("时段", choices=[SelectChoice("1", "14:00–16:00")])
    on = DateField("日期", [InputRequired("选一天")])
    category = RadioField(
        "什么问题",
        choices=[SelectChoice("leak", "渗漏"), SelectChoice("other", "其他")],
        validators=[InputRequired("选一种问题")],
    )
    call = BooleanField("上门前先打电话")
    photos = MultipleFileField("照片")
    drawn = HiddenField()
    typed = StringField("姓名")


@pytest.fixture
def refused(render: Render) -> Everything:
    """A form that was sent with one wrong number and little else."""
    form = Everything(MultiDict({"phone": "1380571", "slot": "1", "typed": HOSTILE}), meta={"csrf": False})
    assert not form.validate()
    return form


def test_the_summary_leads_to_every_field_that_is_wrong(render: Render, refused: Everything) -> None:
    text = render("fields", "errors", refused)
    assert text.startswith('<div class="errors" id="errors" role="alert" tabindex="-1"><h2>有 4 处要改</h2>')
    assert re.findall(r'href="#(\w+)"', text) == ["words", "phone", "on", "category"]
    with force_locale("en"):
        assert "4 things to change" in render("fields", "errors", refused)


def test_no_summary_without_an_error(render: Render) -> None:
    assert render("fields", "errors", Everything(meta={"csrf": False})) == ""


def test_an_error_that_belongs_to_no_field_is_named_too(render: Render, refused: Everything) -> None:
    refused.form_errors.append("手机号或密码不对")
    assert "<li>手机号或密码不对</li>" in render("fields", "errors", refused)


def test_the_error_stands_above_the_field_and_is_tied_to_it(render: Render, refused: Everything) -> None:
    text = render("fields", "field", refused.words, rows=3)
    assert text.index('id="words-h"') < text.index('id="words-e"') < text.index("<textarea")
    assert 'aria-describedby="words-h words-e"' in text
    assert 'aria-invalid="true"' in text
    assert 'rows="3"' in text
    assert 'class="input"' in text


def test_what_was_typed_stays(render: Render, refused: Everything) -> None:
    text = render("fields", "field", refused.phone, inputmode="tel", optional=True)
    assert 'value="1380571"' in text
    assert 'inputmode="tel"' in text
    assert "可不填" in text
    assert 'type="date"' in render("fields", "field", refused.on)
    assert "aria-describedby" not in render("fields", "field", refused.slot)


def test_choices_are_a_group_that_the_summary_can_lead_to(render: Render, refused: Everything) -> None:
    text = render("fields", "choices", refused.category, {"leak": "drop"}, "cats")
    assert text.startswith(
        '<fieldset class="field" id="category" tabindex="-1" aria-describedby="category-e"><legend>什么问题</legend>'
    )
    assert text.count('type="radio"') == 2
    assert text.count('class="choice bare"') == 1
    assert '<div class="stack tight">' in render("fields", "choices", refused.category, layout="list")
    assert 'type="checkbox"' in render("fields", "tick", refused.call)


def test_the_signature_may_be_typed(render: Render, refused: Everything) -> None:
    text = render("sign", "sign", refused.drawn, refused.typed)
    assert re.search(r'<div class="sign" id="pad" data-sign [^>]*hidden>', text)
    assert 'name="drawn"' in text
    assert 'name="typed"' in text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert '<path d="M1 2L3 4"/>' in render("sign", "signature", "M1 2L3 4", "林女士的签名")


def test_photos_work_without_scripts_and_say_their_limits(render: Render, refused: Everything) -> None:
    kept = Row(id="a1", name="天花板.jpg", size=2_202_009, thumbnail_url="/t/a1")
    text = render("upload", "upload", refused.photos, "/drafts/7/photos", [kept], limit=9, megabytes=20)
    assert 'type="file" id="photos" name="photos" multiple accept="image/*"' in text
    assert 'data-upload-url="/drafts/7/photos" data-name="photos_ids" data-limit="9" data-max-bytes="20971520"' in text
    assert '<li data-state="done" data-tone="go" data-id="a1">' in text
    assert "2.1 MB" in text
    assert "<template><li><span" in text
