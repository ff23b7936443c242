"""A mail to one person and its bytes.

Nothing that goes wrong repeats an address, a subject or a server's answer: those would end up in logs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from uuid import UUID, uuid4

from portal import clock

FURTHER_HEADERS: Final = frozenset(
    ("In-Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post", "References", "Reply-To")
)
_LOCAL_PART: Final = re.compile(r'[^\s()<>\[\]:;,\\"@]{1,64}')
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


class MailError(Exception):
    """A mail that did not go out; says no value of the mail."""


class MailRefused(MailError):
    """The mail itself cannot be sent: not one valid address, or a line break or control character in a header."""


class MailNotSent(MailError):
    """The server could not be reached, or said no.

    ``code`` is SMTP's three digits where there was an answer; ``permanent`` says that another try is useless.
    """

    def __init__(self, code: int | None = None, permanent: bool = False) -> None:
        super().__init__(f"the mail server answered {code}" if code else "the mail server could not be reached")
        self.code, self.permanent = code, permanent


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person. ``text`` is the whole content for every reader, ``html`` the same with a layout.

    ``message_id`` is best the id of the notice: when its job runs twice, the second mail is known as the same one.
    ``headers`` may hold those named in FURTHER_HEADERS.
    """

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    message_id: UUID = field(default_factory=uuid4)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def address(spec: str, name: str = "") -> Address:
    """One mail address; a domain in other letters is written in its ASCII form. Raises MailRefused."""
    local, _, domain = spec.rpartition("@")
    host = _host(domain)
    if host is None or not _LOCAL_PART.fullmatch(local) or _breaks(local + name):
        raise MailRefused("this is not one mail address")
    return Address(name, local, host)


def built(mail: Mail, sender: Address) -> EmailMessage:
    """The message with all its headers; raises MailRefused."""
    recipient = address(mail.to)
    if not mail.headers.keys() <= FURTHER_HEADERS:
        raise MailRefused("a further header is none of those that a mail may carry")
    headers = {
        "From": str(sender),
        "To": str(recipient),
        "Subject": mail.subject,
        "Date": format_datetime(clock.now()),
        "Message-ID": f"<{mail.message_id.hex}@{sender.domain}>",
        "Auto-Submitted": "auto-generated",
        **mail.headers,
    }
    if any(_breaks(value) for value in headers.values()):
        raise MailRefused("a header holds a line break or a control character")
    message = _written(mail, headers, utf8=not recipient.username.isascii())
    if message is None:
        raise MailRefused("a header or the text cannot be written")
    return message


def _written(mail: Mail, headers: Mapping[str, str], utf8: bool) -> EmailMessage | None:
    # The library repeats values in its errors. Raised inside the handler, ours would carry them as its context.
    message = EmailMessage(policy=SMTP.clone(utf8=utf8))
    try:
        for name, value in headers.items():
            message[name] = value
        # Base64: quoted-printable makes Chinese three times as long, and not every server passes 8 bits on.
        message.set_content(mail.text, cte="base64")
        if mail.html is not None:
            message.add_alternative(mail.html, subtype="html", cte="base64")
        return message if _holds_its_headers(message) else None
    except Exception:  # noqa: BLE001 - odd headers make the library fail in many ways, some only when it writes
        return None


def _holds_its_headers(message: EmailMessage) -> bool:
    # The library takes encoded words apart, and a line break inside one becomes a header of its own when written.
    head = message.as_bytes().partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    return names == message.keys() and not any(_breaks(str(value)) for value in message.values())


def _host(domain: str) -> str | None:
    try:
        host = domain.encode("idna").decode("ascii")
    except ValueError:
        return None
    return host if _HOST.fullmatch(host) and ".." not in host else None


def _breaks(text: str) -> bool:
    # Cc: control, Zl and Zp: line and paragraph separators, Cs: half a surrogate pair, which no encoding can write
    return any(unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs") for character in text)
