"""Every route of the URL map, page and piece, signed in and not: the headers and cookies it answers with."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.web.headers import POLICY
from tests.people import PASSWORD
from tests.rules.test_matrix import _path, _values
from tests.stage.building import close, opened
from tests.stage.cast import Cast
from tests.stage.client import PageClient

OWED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SANDBOX = "default-src 'none'; sandbox"  # of what somebody has uploaded
HSTS = "max-age=31536000; includeSubDomains"
SITE = "https://localhost"


@pytest.fixture
def app(installation, stage) -> Flask:
    """The installation at an https address, as it is served outside of a demonstration."""
    found = opened(installation, PORTAL_PUBLIC_URL=SITE)
    stage.callback(close, found)
    return found


def methods(rule) -> list[str]:
    """What a route answers, apart from what the library adds."""
    return sorted(rule.methods - {"HEAD", "OPTIONS"})


def faults(answer: TestResponse, path: str) -> list[str]:
    """What an answer lacks."""
    owed = OWED | {"Content-Security-Policy": SANDBOX} if answer.mimetype.startswith("image/") else OWED
    if path.startswith("/assets/"):
        owed = OWED
    found = [f"{name}: {answer.headers.get(name)}" for name, value in owed.items() if answer.headers.get(name) != value]
    if answer.headers.get("Strict-Transport-Security") != HSTS:
        found.append("no HSTS")
    if not path.startswith("/assets/") and "no-store" not in answer.headers.get("Cache-Control", ""):
        found.append(f"Cache-Control: {answer.headers.get('Cache-Control')}")
    if answer.headers.get("Server", "").startswith("Python") or "X-Powered-By" in answer.headers:
        found.append("says what it runs on")
    return found + [fault for cookie in answer.headers.getlist("Set-Cookie") for fault in cookie_faults(cookie)]


def cookie_faults(cookie: str) -> list[str]:
    """What a cookie lacks."""
    name, _, rest = cookie.partition("=")
    parts = {part.strip().lower() for part in rest.split(";")[1:]}
    found = [f"{name}: no {owed}" for owed in ("secure", "httponly", "samesite=lax", "path=/") if owed not in parts]
    if not name.startswith("__Host-") or any(part.startswith("domain=") for part in parts):
        found.append(f"{name} can be set by another host")
    return found


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize("person", [None, "owner", "auditor", "manager"])
def test_every_route_answers_with_all_of_them(app: Flask, cast: Cast, person: str | None, fragment: bool):
    values = _values(cast)
    headers = {"HX-Request": "true"} if fragment else {}
    wrong, walked = [], 0
    for rule in app.url_map.iter_rules():
        path = _path(app, rule, values)
        for method in methods(rule):
            client = PageClient.of(app, person)
            answer = client.open(path, method=method, headers=headers, base_url=SITE)
            wrong += [f"{method} {path} ({answer.status_code}): {fault}" for fault in faults(answer, path)]
            walked += 1
    for path in ("/no-such-page", "/staff/no-such-page", "/repairs/BX0", "/%00", "/" + "a" * 3000):
        wrong += [f"{path}: {fault}" for fault in faults(PageClient.of(app, person).get(path, base_url=SITE), path)]
    assert not wrong, "\n".join(wrong)
    assert walked > 80


def test_the_cookies_of_signing_in_and_what_signing_out_clears(app: Flask):
    client = PageClient.of(app, None)
    form = client.form(client.get("/?way=password", base_url=SITE), "/sessions")
    data = form.fields | {"phone": "12900000001", "password": PASSWORD}
    answer = client.post("/sessions", data=data, base_url=SITE, headers={"Referer": f"{SITE}/"})
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-anju", "__Host-anju-device", "__Host-anju-form"}
    assert [fault for cookie in cookies for fault in cookie_faults(cookie)] == []
    page = client.get("/account", base_url=SITE)
    data = client.form(page, "/sessions/end").fields
    out = client.post("/sessions/end", data=data, base_url=SITE, headers={"Referer": f"{SITE}/account"})
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert re.search(r"__Host-anju=;.*Max-Age=0", "\n".join(out.headers.getlist("Set-Cookie")))


def test_the_tables_would_notice():
    assert cookie_faults("anju=x; Path=/") == [
        "anju: no secure",
        "anju: no httponly",
        "anju: no samesite=lax",
        "anju can be set by another host",
    ]
    assert cookie_faults("__Host-a=x; Secure; HttpOnly; Path=/; SameSite=Lax; Domain=localhost") != []
    assert cookie_faults("__Host-a=x; Secure; HttpOnly; Path=/; SameSite=Lax") == []
