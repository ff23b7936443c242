"""Mails that stay here, and who gets which mailer."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.headerregistry import Address
from pathlib import Path
from uuid import uuid4

import pytest

from portal.backends.mail import Mail, MailRefused, Outbox, Smtp, mailer_for
from portal.config import SettingsError, load

SENDER = Address("安居 Anju", "service", "anju.example")
HOUR = timedelta(hours=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "outbox"


def mail(text: str = "验证码 123456") -> Mail:
    return Mail("lin@example.com", "登录验证码", text)


def test_works(folder: Path) -> None:
    sent = mail()
    Outbox(folder, SENDER).send(sent)
    path = folder / f"{sent.message_id.hex}.eml"
    assert list(folder.iterdir()) == [path]
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (message["To"], message["Subject"]) == ("lin@example.com", "登录验证码")


def test_nobody_else_can_read_it(folder: Path) -> None:
    before = os.umask(0)
    try:
        Outbox(folder, SENDER).send(mail())
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


def test_the_same_mail_is_one_file(folder: Path) -> None:
    outbox, identity = Outbox(folder, SENDER), uuid4()
    for _ in range(2):
        outbox.send(Mail("lin@example.com", "x", "x", message_id=identity))
    assert [path.name for path in folder.iterdir()] == [f"{identity.hex}.eml"]


def test_a_refused_mail_leaves_nothing(folder: Path) -> None:
    with pytest.raises(MailRefused):
        Outbox(folder, SENDER).send(Mail("nobody", "x", "x"))
    assert not folder.exists()


def test_a_full_disk_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    outbox = Outbox(folder, SENDER)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        outbox.send(mail())
    assert list(folder.iterdir()) == []


def test_old_mails_are_swept(folder: Path) -> None:
    outbox = Outbox(folder, SENDER)
    assert outbox.sweep(datetime.now(UTC)) == 0
    outbox.send(mail())
    (folder / ".0190.abcd.part").write_text("left by a killed writer")
    (folder / "README").write_text("not ours")
    assert outbox.sweep(datetime.now(UTC) - HOUR) == 0
    assert outbox.sweep(datetime.now(UTC) + HOUR) == 2
    assert [path.name for path in folder.iterdir()] == ["README"]


def settings(tmp_path: Path, **chosen: str):
    return load({f"PORTAL_{name.upper()}": value for name, value in chosen.items()}, tmp_path / "instance")


PRODUCTION = {"mode": "production", "public_url": "https://anju.example", "root_key": "x" * 44}


def test_the_demo_never_sends_outside(tmp_path: Path) -> None:
    chosen = settings(tmp_path, smtp_url="smtps://user:secret@mail.example.com", mail_from="service@anju.example")
    mailer = mailer_for(chosen)
    assert isinstance(mailer, Outbox)
    mailer.send(mail())
    assert len(list(chosen.outbox.iterdir())) == 1


def test_production_without_a_server_keeps_mails_here(tmp_path: Path) -> None:
    assert isinstance(mailer_for(settings(tmp_path, **PRODUCTION)), Outbox)


def test_production_with_a_server_sends(tmp_path: Path) -> None:
    assert isinstance(mailer_for(settings(tmp_path, **PRODUCTION, smtp_url="smtps://mail.example.com")), Smtp)


def test_a_sender_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PORTAL_MAIL_FROM"):
        mailer_for(settings(tmp_path, mail_from="nobody"))
