"""The mail of a notice: number, stage and link, in the reader's language, and no lock held while it is sent."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event as Flag

from flask import Flask
from sqlalchemy import select

from portal.backends.mail import Mail, mailer_for
from portal.jobs.worker import Worker
from portal.models.base import db
from portal.models.notices import Notice
from portal.models.queue import Job
from portal.models.signals import touch, version_of
from tests.backends.post_office import PostOffice, opened
from tests.people import CAST
from tests.stage import building
from tests.stage.cast import WORDS, Cast
from tests.stage.crowd import at_once


def _outbox(app: Flask) -> list[EmailMessage]:
    folder: Path = app.extensions["portal.settings"].outbox
    return [_read(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]


def _read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _acknowledged(cast: Cast) -> str:
    """A ticket the desk has taken on, committed; its number."""
    with cast.at_work():
        number = cast.ticket("acknowledged").number
        db.session.commit()
    return number


def _mail_to(mails: list[EmailMessage], key: str, words: str) -> EmailMessage:
    (found,) = [mail for mail in mails if mail["To"] == f"{key}@mail.invalid" and words in str(mail["Subject"])]
    return found


def test_a_mail_carries_number_stage_and_link_and_nothing_of_anybody(any_app: Flask, cast: Cast):
    number = _acknowledged(cast)
    Worker(any_app).drain()
    mails = _outbox(any_app)
    mail = _mail_to(mails, "owner", "已受理")
    text = mail.get_content()
    assert mail["Subject"] == f"报修 {number} 已受理"
    assert re.findall(r"https?://\S+", text) == [f"http://127.0.0.1:8000/repairs/{number}"]
    personal = [WORDS, "1-1-0101", "主卫", *(known.name for known in CAST.values()), *(k.phone for k in CAST.values())]
    everything = "".join(f"{mail.as_string()}{mail.get_content()}" for mail in mails)
    assert [value for value in personal if value in everything] == []
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)


def test_every_reader_gets_their_own_language(app: Flask, cast: Cast):
    with cast.at_work():
        cast.person("owner").locale = "en"
        db.session.commit()
    number = _acknowledged(cast)
    Worker(app).drain()
    subjects = {
        mail["To"]: str(mail["Subject"]) for mail in _outbox(app) if "co_" in mail["To"] or "owner@" in mail["To"]
    }
    english = _mail_to(_outbox(app), "owner", number).get_content()
    assert subjects["co_owner@mail.invalid"] == f"报修 {number} 已受理"
    assert not re.search("[\u4e00-\u9fff]", subjects["owner@mail.invalid"].replace(number, ""))
    assert not re.search("[\u4e00-\u9fff]", english.replace("安居", ""))
    assert f"/repairs/{number}" in english


def test_the_staffs_link_leads_to_their_face(app: Flask, cast: Cast):
    with cast.at_work():
        number = cast.ticket("job_booked").number
        db.session.commit()
    Worker(app).drain()
    lines = _mail_to(_outbox(app), "technician", "派给您").get_content().splitlines()
    assert f"http://127.0.0.1:8000/staff/repairs/{number}" in lines


def test_who_has_no_mailbox_hears_it_in_the_portal_only(app: Flask, cast: Cast):
    with cast.at_work():
        for key in CAST:
            cast.person(key).email = None
        db.session.commit()
    _acknowledged(cast)
    Worker(app).drain()
    with cast.at_work():
        assert _outbox(app) == []
        assert Notice.unread(cast.person("owner").id, staff=False) == 1
        assert db.session.scalars(select(Job)).all() == []


def test_the_same_mail_twice_is_one_mail(app: Flask, cast: Cast):
    """A job may run twice; the message id is the notice's."""
    _acknowledged(cast)
    Worker(app).drain()
    before = len(_outbox(app))
    with cast.at_work():
        for notice in db.session.scalars(select(Notice).where(Notice.staff.is_(False))):
            db.session.add(Job(kind="notices.mail", payload={"notice": notice.id.hex}, run_at=notice.made_at))
        db.session.commit()
    Worker(app).drain()
    assert len(_outbox(app)) == before


def test_a_mail_goes_out_over_smtp_in_production(cast: Cast, app: Flask):
    number = _acknowledged(cast)
    settings = app.extensions["portal.settings"]
    with opened(PostOffice()) as office:
        app.extensions["portal.mailer"] = _mailer(app, f"smtp://{office.url}")
        Worker(app).drain()
    mail = _mail_to(office.mails, "owner", "已受理")
    assert mail["From"].endswith("<service@anju.example>")
    assert number in mail.get_content()
    assert not settings.outbox.exists()


def _mailer(app: Flask, url: str) -> object:
    """The mailer of a production installation with this SMTP server."""
    settings = replace(
        app.extensions["portal.settings"], mode="production", smtp_url=url, mail_from="service@anju.example"
    )
    return mailer_for(settings)


def test_a_mail_the_server_does_not_take_is_tried_again(app: Flask, cast: Cast):
    _acknowledged(cast)
    with opened(PostOffice(RCPT="451 later")) as office:
        app.extensions["portal.mailer"] = _mailer(app, f"smtp://{office.url}")
        Worker(app).drain()
    with cast.at_work():
        jobs = db.session.scalars(select(Job)).all()
        assert {(job.kind, job.error, job.tries) for job in jobs} == {("notices.mail", "MailNotSent", 1)}
        assert len(jobs) == 3


class SlowMailer:
    """Takes a mail only after somebody else has written to the database."""

    def __init__(self) -> None:
        self.asked, self.answered, self.sent = Flag(), Flag(), 0

    def send(self, message: Mail) -> None:
        """Wait for the other one."""
        self.asked.set()
        assert self.answered.wait(5), "nobody could write while the mail was on its way"
        self.sent += 1


def test_nobody_waits_for_the_mail_server(any_app: Flask, cast: Cast):
    """It may take a minute; the embedded database has one writer at a time."""
    _acknowledged(cast)
    any_app.extensions["portal.mailer"] = mailer = SlowMailer()

    def write() -> None:
        assert mailer.asked.wait(20)
        touch("queue:test")
        db.session.commit()
        mailer.answered.set()

    _, written = at_once(any_app, Worker(any_app).drain, write)
    assert (written, mailer.sent) == (None, 3)
    with cast.at_work():
        assert version_of("queue:test") == 1
        assert db.session.scalars(select(Job)).all() == []


def test_a_notice_that_is_gone_is_no_error(app: Flask, cast: Cast):
    with cast.at_work():
        db.session.add(Job(kind="notices.mail", payload={"notice": "0" * 32}, run_at=building.SETTLED))
        db.session.commit()
    Worker(app).drain()
    with cast.at_work():
        assert db.session.scalars(select(Job)).all() == []
