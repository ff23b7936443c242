"""A canary name, phone and text put in through the pages are found nowhere on the disk and in no line of the log."""

from __future__ import annotations

import base64
import io
import logging
from pathlib import Path

import pytest
import structlog

from portal.jobs.worker import Worker
from portal.models.base import db
from portal.web.forms import Form
from tests.journeys.story import Story
from tests.people import CAST, PASSWORD
from tests.pictures import jpeg
from tests.stage.cast import Cast

NAME, PHONE = "欧阳鹧鸪", "12907654321"
TEXT = "鹧鸪嘴里衔着翡翠色的扳手 zhegu-canary-77"
NAMES = [NAME, "鹧鸪", *(known.name for known in CAST.values())]
PHONES = [PHONE, *(known.phone for known in CAST.values())]


def spellings(text: str) -> set[bytes]:
    """The ways a value could lie on a disk."""
    plain = {text.encode(), text.encode("gbk"), text.encode("utf-16-le"), text.encode("utf-16-be")}
    plain.add(text.encode("unicode_escape"))
    coded = {_base64(one, shift) for one in plain for shift in range(3)}
    hexed = {one.hex().encode() for one in plain}
    return plain | coded | hexed | {one.upper() for one in hexed}


def _base64(value: bytes, shift: int) -> bytes:
    """What base64 makes of the value wherever it stands in a longer text: the characters that depend on it alone."""
    coded = base64.b64encode(b"\0" * shift + value)
    start = -(-shift * 8 // 6)
    return coded[start : (shift + len(value)) * 8 // 6]


def found(folder: Path, values: list[str], leave_out: str = "") -> list[str]:
    """Where any spelling of any value lies, files of every kind included."""
    wanted = {spelling: value for value in values for spelling in spellings(value)}
    hits = []
    for file in folder.rglob("*"):
        if not file.is_file() or (leave_out and file.parent.name == leave_out):
            continue
        content = file.read_bytes()
        hits += [f"{file.name}: {value}" for spelling, value in wanted.items() if spelling in content]
    return hits


def bigrams(text: str) -> list[str]:
    """Every run of two Chinese characters."""
    return [text[i : i + 2] for i in range(len(text) - 1) if all("\u4e00" <= c <= "\u9fff" for c in text[i : i + 2])]


def test_the_search_would_find_something(tmp_path: Path):
    for number, spelling in enumerate(spellings(NAME)):
        (tmp_path / str(number)).write_bytes(b"..." + spelling + b"...")
    assert len({hit.split(":")[0] for hit in found(tmp_path, [NAME])}) == len(spellings(NAME))


@pytest.fixture
def logged():
    """Everything that is logged, by structlog and by the standard library."""
    kept = io.StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(kept))
    handler = logging.StreamHandler(kept)
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.DEBUG)
    yield kept
    logging.getLogger().removeHandler(handler)
    structlog.reset_defaults()


def test_nothing_personal_lies_on_the_disk_or_in_the_log(
    app, installation: Path, cast: Cast, sign_in, logged, monkeypatch
):
    _live_through(app, cast, sign_in)
    crash = sign_in("owner")
    app.config["TESTING"] = app.testing = False
    monkeypatch.setattr(Form, "validate", _break)
    answer = crash.post(f"/repairs/{_number(cast)}/messages", data=_message(crash, cast))
    assert answer.status_code == 500
    assert TEXT not in answer.text
    assert (installation / "portal.sqlite-wal").stat().st_size > 0
    assert found(installation, [*NAMES, *PHONES, TEXT, "zhegu-canary"], leave_out="outbox") == []
    assert found(installation, bigrams(TEXT)) == []
    mails = b"".join(file.read_bytes() for file in (installation / "outbox").glob("*"))
    assert mails
    log = logged.getvalue()
    assert "request.failed" in log
    for value in (*NAMES, *PHONES, TEXT, "zhegu-canary", PASSWORD):
        assert value not in log
        assert all(spelling not in mails for spelling in spellings(value)), value


def _live_through(app, cast: Cast, sign_in) -> None:
    story = Story(sign_in)
    story.report()
    agent = sign_in("service_agent")
    page = agent.submit(
        "/staff/repairs/new", "/staff/repairs", home="1-1-0101", place="space.kitchen", category="PLUMB"
    )
    page = agent.submit(page, "/staff/repairs", defect="PLUMB-02")
    answer = agent.submit(page, "/staff/repairs", words=TEXT, caller_name=NAME, caller_phone=PHONE)
    assert answer.status_code == 303, answer.text
    for asked in (NAME, PHONE, "林晓雯", "12900000001", TEXT[:80]):  # the index of names is built, and found in
        answer = agent.submit("/staff/customers", "/staff/customers", text=asked)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
    story.staff("service_agent", "/messages", text=TEXT, owner_sees="y")
    story.staff("service_agent", "/messages", text=TEXT)
    story.staff("service_agent", "/acknowledgement")
    story.book()
    story.staff("technician", "/work")
    story.staff("technician", "/completion", words=TEXT, photos=(jpeg(), f"{NAME}.jpg"))
    story.staff("dispatcher", "/check")
    story.confirm("/rework", reasons=["not_fixed"], words=TEXT, photos=(jpeg(), "x.jpg"))
    Worker(app).drain()


def _number(cast: Cast) -> str:
    from portal.models.repairs import Ticket

    with cast.at_work():
        return db.session.query(Ticket.number).order_by(Ticket.number).first()[0]


def _message(client, cast: Cast) -> dict[str, list[str]]:
    form = client.form(f"/repairs/{_number(cast)}", "/messages")
    return form.fields | {"text": [TEXT]}


def _break(form: Form) -> bool:
    """What a fault in our own code would do, with the person's words in the exception."""
    raise RuntimeError(form.text.data)
