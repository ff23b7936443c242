"""Mails to people: left in a folder (demo) or handed to an SMTP server."""

from __future__ import annotations

from email.headerregistry import Address
from email.utils import parseaddr
from typing import Final, Protocol

from portal.backends.mail_message import Mail, MailError, MailNotSent, MailRefused, address
from portal.backends.mail_outbox import Outbox
from portal.backends.mail_smtp import Smtp
from portal.config import Settings, SettingsError

__all__ = ["Mail", "MailError", "MailNotSent", "MailRefused", "Mailer", "Outbox", "Smtp", "mailer_for", "sender"]

_SENDER_NAME: Final = "安居 Anju"


class Mailer(Protocol):
    """Something that takes mails."""

    def send(self, message: Mail) -> None:
        """Hand over the mail; on return it is the other side's. Raises MailRefused or MailNotSent."""


def mailer_for(settings: Settings) -> Mailer:
    """The demo's mails never leave the machine, whatever else is set; nor do those of an installation without SMTP.

    Raises SettingsError when PORTAL_SMTP_URL or PORTAL_MAIL_FROM cannot be used.
    """
    of = sender(settings.mail_from)
    if settings.demo or settings.smtp_url is None:
        return Outbox(settings.outbox, of)
    return Smtp(settings.smtp_url, of)


def sender(text: str) -> Address:
    """``service@example.com``, which goes out under the portal's name, or ``Name <service@example.com>``.

    Raises SettingsError.
    """
    name, spec = parseaddr(text)
    try:
        return address(spec, name or _SENDER_NAME)
    except MailRefused:
        raise SettingsError("PORTAL_MAIL_FROM is one mail address, or a name and <the address>") from None
