"""Mails over a real SMTP server: encrypted, in time, and silent about people when something fails."""

from __future__ import annotations

import socket
import time
import traceback
from collections.abc import Callable
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import quote

import pytest

from portal.backends.mail import Mail, MailNotSent, MailRefused, Smtp
from portal.backends.mail_smtp import server
from portal.config import SettingsError
from tests.backends.post_office import PASSWORD, USER, PostOffice, certificate, free_port, opened, tls

SENDER = Address("安居 Anju", "service", "anju.example")
MAIL = Mail("lin.xiaowen@example.com", "林晓雯的报修", "师傅明天上门。\n.\n完", "<p>师傅明天上门。</p>")
LOGIN = f"{quote(USER)}:{quote(PASSWORD, safe='')}@"


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate that this process trusts."""
    path = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


def not_sent(send: Callable[[], None]) -> MailNotSent:
    with pytest.raises(MailNotSent) as failed:
        send()
    told = "".join(traceback.format_exception(failed.value)) + repr(failed.value)
    assert failed.value.__context__ is None
    for value in ("lin.xiaowen", "林晓雯", "problem", PASSWORD, USER):
        assert value not in told
    return failed.value


def test_works() -> None:
    with opened(PostOffice()) as office:
        Smtp(f"smtp://{office.url}", SENDER).send(MAIL)
        envelope, message = office.envelopes[0], office.mails[0]
    assert (envelope.mail_from, envelope.rcpt_tos) == ("service@anju.example", ["lin.xiaowen@example.com"])
    assert message["Subject"] == "林晓雯的报修"
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == MAIL.text.splitlines()


def test_starttls_and_signing_in(trusted: Path) -> None:
    office = PostOffice()
    with opened(
        office, tls_context=tls(trusted), require_starttls=True, authenticator=office.authenticate, auth_required=True
    ):
        Smtp(f"smtp+starttls://{LOGIN}{office.url}", SENDER).send(MAIL)
    assert office.encrypted == [True]
    assert office.users == [USER.encode()]


def test_smtps(trusted: Path) -> None:
    with opened(PostOffice(), ssl_context=tls(trusted)) as office:
        Smtp(f"smtps://{office.url}", SENDER).send(MAIL)
    assert len(office.mails) == 1


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_stranger_with_a_certificate_of_its_own_gets_nothing(tmp_path: Path, scheme: str) -> None:
    context = tls(certificate(tmp_path))
    options = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context}
    office = PostOffice()
    with opened(office, authenticator=office.authenticate, **options):
        failed = not_sent(lambda: Smtp(f"{scheme}://{LOGIN}{office.url}", SENDER).send(MAIL))
    assert (office.envelopes, office.users, failed.permanent) == ([], [], False)


def test_a_server_without_encryption_gets_nothing() -> None:
    office = PostOffice()
    with opened(office, authenticator=office.authenticate, auth_require_tls=False):
        failed = not_sent(lambda: Smtp(f"smtp+starttls://{LOGIN}{office.url}", SENDER).send(MAIL))
    assert (office.envelopes, office.users, failed.permanent) == ([], [], False)


def test_a_wrong_password_can_be_mended(trusted: Path) -> None:
    office = PostOffice()
    with opened(office, tls_context=tls(trusted), authenticator=office.authenticate, auth_required=True):
        failed = not_sent(lambda: Smtp(f"smtp+starttls://{quote(USER)}:wrong@{office.url}", SENDER).send(MAIL))
    assert (failed.code, failed.permanent, office.envelopes) == (535, False, [])


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("code", "permanent"), [(451, False), (550, True)])
def test_what_the_server_says_no_to(command: str, code: int, permanent: bool) -> None:
    with opened(PostOffice(**{command: f"{code} problem with lin.xiaowen@example.com"})) as office:
        failed = not_sent(lambda: Smtp(f"smtp://{office.url}", SENDER).send(MAIL))
    assert (failed.code, failed.permanent) == (code, permanent)


def test_a_server_that_is_rude_after_taking_the_mail_has_taken_it() -> None:
    with opened(PostOffice(QUIT="421 go away")) as office:
        Smtp(f"smtp://{office.url}", SENDER).send(MAIL)
    assert len(office.mails) == 1


def test_nobody_there() -> None:
    failed = not_sent(lambda: Smtp(f"smtp://127.0.0.1:{free_port()}", SENDER).send(MAIL))
    assert (failed.code, failed.permanent) == (None, False)


def test_a_silent_server_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mailer = Smtp(f"smtp://127.0.0.1:{silent.getsockname()[1]}", SENDER, timeout=0.3)
        begun = time.perf_counter()
        assert not not_sent(lambda: mailer.send(MAIL)).permanent
    assert time.perf_counter() - begun < 3


def test_a_mail_with_two_recipients_never_reaches_the_server() -> None:
    with opened(PostOffice()) as office:
        for to in ("a@example.com, b@example.com", "a@example.com\r\nRCPT TO:<b@example.com>"):
            with pytest.raises(MailRefused):
                Smtp(f"smtp://{office.url}", SENDER).send(Mail(to, "x", "x"))
    assert office.envelopes == []


def test_names_in_other_letters() -> None:
    mail = Mail("林晓雯@example.com", "x", "x")
    with opened(PostOffice(), enable_SMTPUTF8=True) as office:
        Smtp(f"smtp://{office.url}", SENDER).send(mail)
    assert office.envelopes[0].rcpt_tos == ["林晓雯@example.com"]
    with opened(PostOffice(), enable_SMTPUTF8=False) as office:
        assert not_sent(lambda: Smtp(f"smtp://{office.url}", SENDER).send(mail)).permanent


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.com", ("smtp", "mail.example.com", 25, "", "")),
        ("smtp+starttls://u:p%40%2F@mail.example.com", ("smtp+starttls", "mail.example.com", 587, "u", "p@/")),
        ("smtps://u@[::1]:2465/", ("smtps", "::1", 2465, "u", "")),
        ("smtp://u:p@localhost", ("smtp", "localhost", 25, "u", "p")),
    ],
)
def test_addresses_of_servers(url: str, expected: tuple[str, str, int, str, str]) -> None:
    found = server(url)
    assert (found.encryption, found.host, found.port, found.user, found.password) == expected


@pytest.mark.parametrize(
    "url",
    [
        "", "mail.example.com", "http://mail.example.com", "smtps://", "smtps://:s3cret@", "smtps://u:s3cret@host:port",
        "smtps://u:s3cret@host:99999", "smtps://u:s3cret@host/path", "smtps://u:s3cret@host?x=1", "smtp://u:s3cret@mail.example.com",
        "smtps://u:s3cret%C3%B6@host",
    ],
)  # fmt: skip
def test_addresses_that_cannot_be_used_are_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match="PORTAL_SMTP_URL") as refused:
        server(url)
    assert "s3cret" not in str(refused.value)
    assert "s3cret" not in repr(refused.value.__context__)


def test_the_representation_shows_no_password() -> None:
    assert "s3cret" not in repr(server("smtps://user:s3cret@host"))
