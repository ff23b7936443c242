"""Mails over SMTP: one connection per mail, encrypted unless the address says otherwise."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from portal.backends.mail_message import Mail, MailNotSent, address, built
from portal.config import SettingsError

TIMEOUT_SECONDS: Final = 10.0
_PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails are handed in. ``encryption`` is the url's scheme: smtp, smtp+starttls or smtps."""

    encryption: str
    host: str
    port: int
    user: str = field(repr=False)
    password: str = field(repr=False)


def server(url: str) -> Server:
    """Read ``smtps://user:password@host:port`` and its kin; user and password percent-encoded.

    Raises SettingsError, which never repeats the url: also for a password that would cross the network in clear.
    """
    parts = urlsplit(url)
    port = _port(parts)
    if port is None or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsError("PORTAL_SMTP_URL is smtp, smtp+starttls or smtps://[user:password@]host[:port]")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise SettingsError(
            "PORTAL_SMTP_URL has a user or password with other than ASCII letters: SMTP has no way to say it"
        )
    if user and parts.scheme == "smtp" and parts.hostname not in _LOOPBACK:
        raise SettingsError("PORTAL_SMTP_URL has a password: it needs smtps or smtp+starttls")
    return Server(parts.scheme, parts.hostname, port, user, password)


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None


class Smtp:
    """Hands mails to an SMTP server whose certificate is verified; every step waits ten seconds at most."""

    def __init__(self, url: str, sender: Address, timeout: float = TIMEOUT_SECONDS) -> None:
        self._server, self._sender, self._timeout = server(url), sender, timeout
        self._tls = ssl.create_default_context()

    def send(self, message: Mail) -> None:
        """Hand the mail over. Raises MailRefused, or MailNotSent with nothing of the server's words in it."""
        failure = self._tried(built(message, self._sender), address(message.to))
        if failure is not None:
            raise failure  # outside of the handler, so that not even its context holds an address

    def _tried(self, message: EmailMessage, to: Address) -> MailNotSent | None:
        try:
            self._hand_over(message, to)
        except smtplib.SMTPAuthenticationError as error:
            return MailNotSent(error.smtp_code)  # a wrong password is mended by the operator, and the mail then goes
        except smtplib.SMTPRecipientsRefused as error:
            return _answered(next(iter(error.recipients.values()))[0])
        except smtplib.SMTPResponseException as error:
            return _answered(error.smtp_code)
        except smtplib.SMTPNotSupportedError:  # STARTTLS or sign-in, which may be mended; or letters in the address
            return MailNotSent(permanent=not to.username.isascii())
        except (smtplib.SMTPException, OSError, UnicodeError):
            return MailNotSent()
        return None

    def _hand_over(self, message: EmailMessage, to: Address) -> None:
        connection = self._connected()
        try:
            if self._server.encryption == "smtp+starttls":
                connection.starttls(context=self._tls)
            if self._server.user:
                connection.login(self._server.user, self._server.password)
            connection.send_message(message, self._sender.addr_spec, [to.addr_spec])
            with suppress(
                smtplib.SMTPException, OSError
            ):  # accepted is accepted: a lost goodbye must not send it twice
                connection.quit()
        finally:
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        host, port, name = self._server.host, self._server.port, self._sender.domain
        if self._server.encryption == "smtps":
            return smtplib.SMTP_SSL(host, port, name, timeout=self._timeout, context=self._tls)
        return smtplib.SMTP(host, port, name, timeout=self._timeout)


def _answered(code: int) -> MailNotSent:
    return MailNotSent(code, permanent=code >= 500)
