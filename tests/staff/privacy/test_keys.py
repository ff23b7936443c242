"""The page of work on keys: what runs and how far it is, what ran, how the keys stand."""

from __future__ import annotations

from flask import Flask

from portal.vault import ring
from tests.models.rotation.rows import command

PAGE, PIECE = "/staff/privacy/keys", "/staff/privacy/keys/work"


def test_nothing_has_run_yet(app: Flask, sign_in):
    page = sign_in("admin").get(PAGE)
    assert page.status_code == 200
    assert "还没有作业" in page.text
    assert "AES-256-GCM" in page.text
    assert "every 3s" not in page.text


def test_a_bar_moves_while_something_runs(app: Flask, sign_in):
    admin = sign_in("admin")
    with app.app_context(), ring().works.alone("rotate-data") as progress:
        progress.expect(2000)
        progress.advance(500)
        first = admin.get(PIECE)
        assert '<progress max="2000" value="500"' in first.text
        assert "every 3s" in first.text
        tag = first.headers["HX-PTag"]
        assert admin.get(PIECE, headers={"HX-PTag": tag}).status_code == 304
        progress.advance(500)
        second = admin.get(PIECE, headers={"HX-PTag": tag})
        assert '<progress max="2000" value="1000"' in second.text
    ended = admin.get(PIECE)
    assert "<progress" not in ended.text
    assert "every 3s" not in ended.text


def test_what_ran(app: Flask, sign_in):
    command(app, "verify")
    with app.app_context(), ring().works.alone("something-new"):
        pass
    page = sign_in("auditor").get(PAGE).text
    assert "全部打开核对" in page
    assert "something-new" in page
    assert page.count("已做完") == 2
