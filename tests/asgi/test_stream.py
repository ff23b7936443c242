"""The stream: who may listen to what, what it says, and when it ends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from portal.models.accounts import Session
from portal.models.base import db
from portal.models.repairs import Ticket
from tests.stage.cast import Cast
from tests.stage.client import PageClient


@contextmanager
def listening(address: str, path: str, cookie: str) -> Iterator[object]:
    """An open stream."""
    with urlopen(Request(address + path, headers={"Cookie": cookie}), timeout=20) as stream:
        yield stream


def signal(stream) -> dict[str, object]:
    """The next signal."""
    while True:
        line = stream.readline().decode()
        assert line, "the stream has ended"
        if line.startswith("data: {"):
            return json.loads(line.removeprefix("data: "))


def status(address: str, path: str, cookie: str = "") -> int:
    """What an attempt to listen is answered."""
    try:
        with urlopen(Request(address + path, headers={"Cookie": cookie}), timeout=20) as stream:
            return stream.status
    except HTTPError as refused:
        return refused.code


@pytest.fixture
def ticket(site, cast: Cast) -> str:
    """The number of a submitted ticket of the owner's."""
    with cast.at_work():
        number = cast.ticket().number
        db.session.commit()
    return number


def stream_of(browser: PageClient, path: str) -> tuple[str, str]:
    """The address a page listens at, and the browser's cookie."""
    found = re.search(r'data-live="([^"]+)"', browser.get(path).text)
    assert found
    name = "anju"
    kept = browser.get_cookie(name)
    assert kept is not None
    return found[1], f"{name}={kept.value}"


def test_the_present_versions_come_first_then_changes_and_nothing_but_topic_and_version(site, cast, sign_in, ticket):
    _, address = site
    path, cookie = stream_of(sign_in("owner"), f"/repairs/{ticket}")
    with listening(address, path, cookie) as stream:
        first = [signal(stream) for _ in range(2)]
        assert all(set(each) == {"topic", "version"} for each in first)
        topic = next(each for each in first if str(each["topic"]).startswith("ticket:"))
        with cast.at_work():
            db.session.query(Ticket).one().acknowledge(by=cast.actor("service_agent"))
            db.session.commit()
        changed = signal(stream)
        while changed["topic"] != topic["topic"]:
            changed = signal(stream)
        assert changed["version"] == topic["version"] + 1


def test_nobody_another_session_and_a_forged_signature_hear_nothing(site, sign_in, ticket):
    _, address = site
    path, cookie = stream_of(sign_in("owner"), f"/repairs/{ticket}")
    _, other = stream_of(sign_in("neighbour"), "/home")
    assert status(address, path) == 401
    assert status(address, path, other) == 403
    assert status(address, path + "x", cookie) == 403
    assert status(address, "/live", cookie) == 403


def test_a_topic_out_of_reach_is_left_out_even_when_it_was_signed(site, cast, sign_in, ticket):
    """The job was the technician's when the page was made; when the stream opens it is somebody else's."""
    _, address = site
    with cast.at_work():
        row = db.session.query(Ticket).one()
        cast.do(row, "acknowledge")
        cast.do(row, "book")
        db.session.commit()
    path, cookie = stream_of(sign_in("technician"), f"/staff/repairs/{ticket}")
    with cast.at_work():
        row = db.session.query(Ticket).one()
        row.technician_id = cast.person("other_technician").id
        db.session.commit()
    with listening(address, path, cookie) as stream:
        assert not str(signal(stream)["topic"]).startswith("ticket:")


def test_the_stream_ends_with_the_session(site, cast, sign_in, ticket):
    _, address = site
    path, cookie = stream_of(sign_in("owner"), f"/repairs/{ticket}")
    with listening(address, path, cookie) as stream:
        signal(stream)
        with cast.at_work():
            db.session.query(Session).one().end()
            db.session.commit()
        while stream.readline():
            pass
    assert status(address, path, cookie) == 401


def test_the_seventh_stream_of_a_session_is_refused(site, sign_in, ticket):
    _, address = site
    path, cookie = stream_of(sign_in("owner"), f"/repairs/{ticket}")
    streams = [urlopen(Request(address + path, headers={"Cookie": cookie}), timeout=20) for _ in range(6)]
    assert status(address, path, cookie) == 429
    for stream in streams:
        stream.close()
