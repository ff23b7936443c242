from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.web.assets import FOLDER, SCRIPTS, Assets

LONGEST_SCRIPT = 120


@pytest.fixture
def client(shell: Flask) -> FlaskClient:
    return shell.test_client()


def address(shell: Flask, name: str) -> str:
    with shell.test_request_context():
        return str(shell.jinja_env.globals["asset"](name))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "kind"), [("anju.css", "text/css"), ("anju.js", "text/javascript"), ("icons.svg", "image/svg+xml")]
)
def test_a_file_is_kept_for_ever_and_packed(shell: Flask, client: FlaskClient, name: str, kind: str) -> None:
    plain = client.get(address(shell, name))
    packed = client.get(address(shell, name), headers={"Accept-Encoding": "br;q=1, gzip;q=0.8"})
    assert (plain.status_code, plain.mimetype) == (200, kind)
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data)


def test_a_browser_that_refuses_gzip_gets_none(shell: Flask, client: FlaskClient) -> None:
    answer = client.get(address(shell, "anju.css"), headers={"Accept-Encoding": "gzip;q=0, *;q=0"})
    assert "Content-Encoding" not in answer.headers


def test_another_address_is_not_found(shell: Flask, client: FlaskClient) -> None:
    real = address(shell, "anju.css")
    assert client.get(re.sub(r"/assets/\w+/", "/assets/0123456789abcdef/", real)).status_code == 404
    assert client.get(real.replace("anju.css", "anju.js")).status_code == 404
    assert client.get(real.replace("anju.css", "..%2fconfig.py")).status_code == 404


def test_a_name_that_is_not_served_is_a_mistake_of_the_template(shell: Flask) -> None:
    with pytest.raises(KeyError):
        address(shell, "logo.png")


def test_the_address_follows_the_content(tmp_path: Path) -> None:
    for part in FOLDER.rglob("*"):
        if part.is_file():
            copy = tmp_path / part.relative_to(FOLDER)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(part.read_bytes())
    before = Assets(tmp_path)
    assert before["anju.css"].digest == Assets()["anju.css"].digest
    with (tmp_path / "anju.css").open("a") as file:
        file.write(".more { color: red; }")
    after = Assets(tmp_path)
    assert after["anju.css"].digest != before["anju.css"].digest
    assert after["anju.js"].digest == before["anju.js"].digest


def test_the_script_holds_the_library_unmodified_and_every_script_of_ours() -> None:
    body = Assets()["anju.js"].body
    assert body.startswith((FOLDER / "vendor/htmx-4.0.1/htmx.min.js").read_bytes())
    assert (FOLDER / "vendor/htmx-4.0.1/hx-ptag.min.js").read_bytes() in body
    assert sorted(SCRIPTS) == sorted(path.stem for path in (FOLDER / "js").glob("*.js"))
    for name in SCRIPTS:
        statements = [line.strip() for line in (FOLDER / f"js/{name}.js").read_text("utf-8").splitlines()]
        assert "\n".join(line for line in statements if line and not line.startswith("//")) in body.decode()


def test_comments_and_indentation_stay_at_home() -> None:
    style = Assets()["anju.css"].body.decode()
    assert "/*" not in style
    assert "\n " not in style
    assert style.count("{") == (FOLDER / "anju.css").read_text("utf-8").count("{")
    assert "<symbol" in Assets()["icons.svg"].body.decode()


def test_no_script_of_ours_spans_a_string_over_lines() -> None:
    for name in SCRIPTS:
        lines = (FOLDER / f"js/{name}.js").read_text("utf-8").splitlines()
        assert all(line.count("`") % 2 == 0 for line in lines)


def test_a_first_visit_is_light() -> None:
    """Goal: at most 40 kB for page, stylesheet and script; 7 kB are left for the page."""
    served = Assets()
    assert len(served["anju.css"].packed) + len(served["anju.js"].packed) <= 33_000


@pytest.mark.parametrize("path", sorted((FOLDER / "js").glob("*.js")), ids=lambda path: path.name)
def test_our_scripts_are_short_and_need_no_eval(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < LONGEST_SCRIPT
    assert '"use strict";' in text
    assert not re.search(
        r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\.style\b", text
    )


def test_the_stylesheet_asks_for_nothing_else() -> None:
    text = Assets()["anju.css"].body.decode()
    assert not re.search(r"@import|url\(", text)
