"""Places outside the database that signed checkpoints are taken to: a folder, a mailbox, a web address.

A place is chosen by the operator and never by a visitor, so an address inside the operator's network is allowed: that
is where a second host usually stands. A note is signed, so nobody on its way can change it.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

from portal.backends.mail import Mail, Mailer, MailRefused
from portal.backends.mail_message import address
from portal.backends.storage_folder import settle
from portal.config import Settings, SettingsError

TIMEOUT_SECONDS: Final = 10.0
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_WRONG: Final = (
    "PORTAL_CHECKPOINTS is places separated by blanks: file:///folder, mailto:somebody@example.com, https://host/path"
)


class NotKept(Exception):
    """A checkpoint did not arrive; the message is a short code without an address."""


class Place(Protocol):
    """Takes notes, and gives back those it can be asked for."""

    @property
    def label(self) -> str:
        """What it is called on a page: no secret and no person's address in it."""

    def keep(self, name: str, note: str, key: UUID) -> None:
        """Take a note; twice the same is once. ``key`` names it for places that go by an id. Raises NotKept."""

    def notes(self) -> Iterator[tuple[str, str]]:
        """Every note it still has, as (name, note); none where it cannot be asked."""


def places_for(settings: Settings, mailer: Mailer) -> dict[str, Place]:
    """The places of the settings by code, 16 hex digits of the address's hash. Raises SettingsError."""
    return {code_of(url): _place(url, mailer, demo=settings.demo) for url in settings.checkpoints}


def code_of(url: str) -> str:
    """What the database calls a place: an address may hold a secret."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def _place(url: str, mailer: Mailer, *, demo: bool) -> Place:
    scheme, _, rest = url.partition(":")
    if scheme == "file" and rest.startswith("///") and len(rest) > 3:
        return Folder(Path(rest[2:]))
    if scheme == "mailto":
        return Mailbox(unquote(rest), mailer)
    parts = urlsplit(url)
    plain = scheme == "http" and demo and parts.hostname in _LOOPBACK
    if (scheme == "https" or plain) and parts.hostname and not parts.username and not parts.fragment:
        return Web(parts)
    raise SettingsError(_WRONG)


class Folder:
    """A folder, best of another host: a file a checkpoint, written once, for its owner's eyes only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def label(self) -> str:
        """See Place."""
        return f"…/{self._folder.parent.name}/{self._folder.name}"

    def keep(self, name: str, note: str, key: UUID) -> None:
        """See Place. The file appears under its name only when it is whole and on disk."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(name, note.encode())
        except OSError as error:
            raise NotKept(type(error).__name__) from None

    def notes(self) -> Iterator[tuple[str, str]]:
        """See Place. Raises NotKept when the folder is there and cannot be read."""
        try:
            for path in sorted(self._folder.glob("*.note")):
                yield path.name, path.read_bytes().decode(errors="replace")
        except OSError as error:
            raise NotKept(type(error).__name__) from None

    def _write(self, name: str, note: bytes) -> None:
        path, part = self._folder / name, self._folder / f"{name}.part"
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(opened, note)
            os.fsync(opened)
        finally:
            os.close(opened)
        try:
            os.link(part, path)  # never over another
        except FileExistsError:
            if path.read_bytes() != note:
                raise NotKept("AnotherNote") from None
        part.unlink()
        settle(self._folder)


class Mailbox:
    """A mailbox, such as the data protection officer's: what was delivered there nobody of the portal can change."""

    def __init__(self, to: str, mailer: Mailer) -> None:
        self._to, self._mailer = to, mailer
        try:
            self._domain = address(to).domain
        except MailRefused:
            raise SettingsError(_WRONG) from None

    @property
    def label(self) -> str:
        """See Place."""
        return f"{self._to[:1]}***@{self._domain}"

    def keep(self, name: str, note: str, key: UUID) -> None:
        """See Place. The same checkpoint has the same message id, so a second mail is known as the first."""
        try:
            self._mailer.send(Mail(self._to, f"Anju checkpoint {name}", note, message_id=key))
        except Exception as error:  # noqa: BLE001 - whatever it is, no word of it may name the address
            failure = NotKept(type(error).__name__)
        else:
            return
        raise failure

    def notes(self) -> Iterator[tuple[str, str]]:
        """See Place: a mailbox is not asked."""
        return iter(())


@dataclass(frozen=True, slots=True)
class Web:
    """A web address that takes the note as the body of a POST; anything but a 2xx is a failure, redirects too."""

    parts: SplitResult = field(repr=False)

    @property
    def label(self) -> str:
        """See Place: the host; a path or query may be what lets us in."""
        return f"{self.parts.scheme}://{self.parts.hostname}"

    def keep(self, name: str, note: str, key: UUID) -> None:
        """See Place. The other side knows a repetition by the header Idempotency-Key."""
        headers = {"Content-Type": "text/plain; charset=utf-8", "Idempotency-Key": key.hex, "User-Agent": "anju"}
        status = 0
        with suppress(OSError, http.client.HTTPException, ValueError):
            status = self._post(note.encode(), headers)
        if not 200 <= status < 300:
            raise NotKept(f"Http{status}" if status else "NotReached")

    def notes(self) -> Iterator[tuple[str, str]]:
        """See Place: a web address is not asked."""
        return iter(())

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        host, port = self.parts.hostname or "", self.parts.port
        connection = (
            http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
            if self.parts.scheme == "http"
            else http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
        )
        try:
            path = f"{self.parts.path or '/'}{'?' if self.parts.query else ''}{self.parts.query}"
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()
