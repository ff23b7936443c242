"""The bytes of a mail: Chinese throughout, and no way to smuggle a header in."""

from __future__ import annotations

import unicodedata
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal import clock
from portal.backends.mail import Mail, MailRefused, sender
from portal.backends.mail_message import FURTHER_HEADERS, address, built
from portal.config import SettingsError

SENDER = Address("安居 Anju", "service", "anju.example")
OWN_HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip
BREAKS = ["\n", "\r", "\r\n", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\ud800"]


def parsed(mail: Mail) -> EmailMessage:
    message = message_from_bytes(built(mail, SENDER).as_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def in_lines(text: str) -> list[str]:
    """Lines as mails know them; the last one's end is added where it is missing."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")


def plain(text: str) -> Mail:
    return Mail("lin@example.com", "维修进度", text)


def test_works() -> None:
    identity = UUID("0190f0a0-0000-7000-8000-000000000001")
    subject = "您的报修 BX20261121-003 已安排师傅上门，请留意时间" * 3
    text, html = "林女士：\n\n师傅将于 14:00 上门。\n.\n", "<p>师傅将于 <b>14:00</b> 上门。</p>"
    with clock.at(clock.now().replace(microsecond=0)):
        message = parsed(Mail("lin@example.com", subject, text, html, identity, {"Reply-To": "help@anju.example"}))
        assert message["Date"].datetime == clock.now()
    assert message["Subject"] == subject
    assert (message["To"], message["Reply-To"]) == ("lin@example.com", "help@anju.example")
    assert message["From"].addresses == (SENDER,)
    assert message["Message-ID"] == f"<{identity.hex}@anju.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    body, shown = message.get_body(("plain",)), message.get_body(("html",))
    assert body is not None
    assert shown is not None
    assert body.get_content().replace("\r\n", "\n") == text
    assert shown.get_content().rstrip() == html


def test_a_mail_is_seven_bit_and_in_short_lines() -> None:
    content = built(Mail("lin@example.com", "标题" * 200, "很长的一行" * 2000), SENDER).as_bytes()
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")


@given(st.text(st.characters(codec="utf-8"), max_size=300))
@example("\r\n.\r\nMAIL FROM:<x@y.z>\r\n")
@example("Bcc: other@example.com\n\n")
def test_any_text_arrives(text: str) -> None:
    message = parsed(plain(text))
    assert set(message.keys()) == OWN_HEADERS
    assert in_lines(message.get_content()) == in_lines(text)


PIECES = st.sampled_from(
    ["=?utf-8?q?", "=?utf-8?b?", "?=", "=0D=0A", "=0A", "DQpCY2M6IHhAeS56", "Bcc:_x=40y.z", " ", "报修", "a"]
)


@given(st.text(max_size=200) | st.lists(PIECES, max_size=12).map("".join))
@example("=?utf-8?q?a=0D=0ABcc:_x=40y.z?=")
@example("=?utf-8?b?DQpCY2M6IHhAeS56?=")
@example("  two  spaces  ")
@example(" \xa0=??B?=00")
def test_any_subject_arrives_or_is_refused(subject: str) -> None:
    mail = Mail("lin@example.com", subject, "x")
    broken = any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") for one in subject)
    try:
        content = built(mail, SENDER).as_bytes()
    except MailRefused:
        content = b""
    assert bool(content) != broken or (not content and "=?" in subject)
    if not content:
        return
    message = message_from_bytes(content, policy=policy.default)
    assert set(message.keys()) == OWN_HEADERS
    assert message["To"] == "lin@example.com"


@pytest.mark.parametrize("word", ["=?utf-8?q?a=0D=0ABcc:_x=40y.z?=", "=?utf-8?b?DQpCY2M6IHhAeS56?="])
def test_no_header_hides_in_an_encoded_word(word: str) -> None:
    for mail in (
        Mail("lin@example.com", word, "x"),
        Mail(f"{word}@example.com", "x", "x"),
        Mail("lin@example.com", "x", "x", headers={"Reply-To": f"{word} <a@example.com>"}),
    ):
        with pytest.raises(MailRefused):
            built(mail, SENDER)


@pytest.mark.parametrize("gap", BREAKS)
@pytest.mark.parametrize("field", ["to", "subject", "reply"])
def test_no_header_can_be_smuggled_in(field: str, gap: str) -> None:
    poison = f"{gap}Bcc: other@example.com"
    mail = Mail(
        "lin@example.com" + (poison if field == "to" else ""),
        "标题" + (poison if field == "subject" else ""),
        "text",
        headers={"Reply-To": "help@anju.example" + poison} if field == "reply" else {},
    )
    with pytest.raises(MailRefused) as refused:
        built(mail, SENDER)
    assert "other@example.com" not in f"{refused.value!r} {refused.value.__context__!r}"


@pytest.mark.parametrize(
    "to",
    [
        "", "lin", "@example.com", "lin@", "lin@@example.com", "lin@exam ple.com", "lin@.example.com",
        "lin@[127.0.0.1]",
        "a@example.com, b@example.com", "a@example.com b@example.com", "Lin <lin@example.com>", "<lin@example.com>",
        "lin@example.com>", "lin(comment)@example.com", "group: a@example.com;", "lin@example..com",
        "lin@-example.com",
        '"a b"@example.com', "a" * 65 + "@example.com", "lin@" + "a" * 64 + ".com", " lin@example.com",
        "lin@example.com\t",
    ],
)  # fmt: skip
def test_a_mail_has_one_recipient(to: str) -> None:
    with pytest.raises(MailRefused) as refused:
        built(Mail(to, "x", "x"), SENDER)
    assert refused.value.__context__ is None


@pytest.mark.parametrize("to", ["lin@例子.中国", "lin@bücher.example"])
def test_domains_in_other_letters(to: str) -> None:
    content = built(Mail(to, "x", "x"), SENDER).as_bytes()
    assert b"To: lin@xn--" in content


def test_names_in_other_letters() -> None:
    content = built(Mail("林晓雯@例子.中国", "x", "x"), SENDER).as_bytes()
    assert "To: 林晓雯@xn--".encode() in content


@pytest.mark.parametrize(
    "name", ["Bcc", "Cc", "To", "from", "Content-Type", "MIME-Version", "Resent-To", "X-Any", "reply-to", "A:b"]
)
def test_further_headers_are_those_that_are_named(name: str) -> None:
    assert name not in FURTHER_HEADERS
    with pytest.raises(MailRefused):
        built(Mail("lin@example.com", "x", "x", headers={name: "x@example.com"}), SENDER)


def test_text_that_cannot_be_encoded_is_refused_without_a_word_of_it() -> None:
    with pytest.raises(MailRefused) as refused:
        built(plain("林晓雯 \ud800"), SENDER)
    assert refused.value.__context__ is None


def test_the_representation_shows_no_value() -> None:
    shown = repr(Mail("lin@example.com", "主题", "正文", "<p>", headers={"Reply-To": "r@example.com"}))
    for value in ("lin@", "主题", "正文", "<p>", "r@example.com"):
        assert value not in shown


@pytest.mark.parametrize(
    ("text", "name", "spec"),
    [
        ("service@anju.example", "安居 Anju", "service@anju.example"),
        ("滨江花园 <service@anju.example>", "滨江花园", "service@anju.example"),
    ],
)
def test_sender(text: str, name: str, spec: str) -> None:
    assert (sender(text).display_name, sender(text).addr_spec) == (name, spec)
    assert parsed(plain("x"))["From"].addresses[0].display_name == "安居 Anju"


@pytest.mark.parametrize("text", ["", "service", "安居", "a@b@c", "Name <x>"])
def test_a_sender_that_cannot_be_used(text: str) -> None:
    with pytest.raises(SettingsError, match="PORTAL_MAIL_FROM"):
        sender(text)


def test_an_address_is_kept_as_it_is() -> None:
    assert address("Lin.Xiaowen+home@Example.COM").addr_spec == "Lin.Xiaowen+home@Example.COM"
