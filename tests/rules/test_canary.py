"""A canary name, phone and text put in through the pages are found nowhere on the disk and in no line of the log."""

from __future__ import annotations

import gzip
import io
import logging
import tempfile
import zlib
from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, inspect

from portal.jobs.worker import Worker
from portal.models.base import db
from portal.web.forms import Form
from tests.journeys.story import Story
from tests.people import CAST, PASSWORD
from tests.pictures import jpeg
from tests.rules.spellings import Search, spellings
from tests.stage.cast import Cast

NAME, PHONE = "欧阳鹧鸪", "12907654321"
TEXT = "鹧鸪嘴里衔着翡翠色的扳手 zhegu-canary-77"
NAMES = [NAME, "鹧鸪", *(known.name for known in CAST.values())]
IDENTITY = {"id_number": "11010519491231002X", "birth_date": "1949-12-31", "bank_account": "6222020200112233445"}
EMAIL, ADDRESS = "zhegu.canary@example.com", "鹧鸪路 77 弄 3 号"
PHONES = [PHONE, *(known.phone for known in CAST.values())]


def bigrams(text: str) -> list[str]:
    """Every run of two Chinese characters."""
    return [text[i : i + 2] for i in range(len(text) - 1) if all("\u4e00" <= c <= "\u9fff" for c in text[i : i + 2])]


@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress, zlib.compress], ids=["plain", "gzip", "zlib"])
def test_the_search_would_find_something(tmp_path: Path, pack):
    for number, spelling in enumerate(spellings(NAME)):
        (tmp_path / str(number)).write_bytes(b"..." + pack(b"..." + spelling + b"...") + b"...")
    hits = Search([NAME]).files(tmp_path)
    assert len({hit.split(":")[0] for hit in hits}) == len(spellings(NAME)) > 30


def test_the_search_would_find_something_in_a_table():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (said TEXT, packed BLOB, n INTEGER)")
        row = f"{'x' * 5000}{NAME}", gzip.compress(NAME.encode("gbk")), 7
        connection.exec_driver_sql("INSERT INTO kept VALUES (?, ?, ?)", row)
    assert sorted(Search([NAME]).rows(engine)) == [f"kept.packed: {NAME}", f"kept.said: {NAME}"]


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
    temporary = installation.parent / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    _live_through(app, cast, sign_in)
    crash = sign_in("owner")
    app.config["TESTING"] = app.testing = False
    monkeypatch.setattr(Form, "validate", _break)
    answer = crash.post(f"/repairs/{_number(cast)}/messages", data=_message(crash, cast))
    assert answer.status_code == 500
    assert (installation / "portal.sqlite-wal").stat().st_size > 0
    sealed = [*NAMES, *PHONES, TEXT, "zhegu-canary", EMAIL, ADDRESS, *IDENTITY.values()]
    search = Search(sealed)
    assert search.within(answer.data) == set()
    assert search.files(installation, leave_out="outbox") == search.files(temporary) == []
    assert Search(bigrams(TEXT)).files(installation) == []
    with app.app_context():
        assert search.rows(db.engine) == []
        assert {"session", "job", "event"} <= set(inspect(db.engine).get_table_names())
    mails = b"".join(file.read_bytes() for file in (installation / "outbox").glob("*"))
    assert mails
    # A mail knows the address it goes to, and nothing else of anybody.
    assert Search([*sealed, PASSWORD]).within(mails) == {EMAIL}
    log = logged.getvalue()
    assert "request.failed" in log
    assert Search([*sealed, PASSWORD]).within(log.encode()) == set()


def _live_through(app, cast: Cast, sign_in) -> None:
    with cast.at_work():
        owner = cast.person("owner")
        owner.email, owner.address = EMAIL, ADDRESS
        for name, value in IDENTITY.items():
            setattr(owner, name, value)
        db.session.commit()
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
