"""Short messages to a telephone: one-time codes and invitations. Left in a folder (demo), or handed on as a mail."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from portal.backends.mail import Mail, Mailer
from portal.config import Settings

_ONLY_OURS: Final = 0o600


class TextNotSent(Exception):
    """A message that did not go out; says no value of the message. ``permanent``: another try is useless."""

    def __init__(self, permanent: bool = False) -> None:
        super().__init__("the message did not go out")
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Text:
    """A message to one person: the number (E.164), their mail address where they have one, a title and the words."""

    phone: str = field(repr=False)
    email: str = field(repr=False)
    title: str
    words: str = field(repr=False)
    id: UUID


class Texts(Protocol):
    """Something that takes short messages."""

    def send(self, message: Text) -> None:
        """Hand over the message; on return it is the other side's. Raises TextNotSent, or what a mail raises."""


def texts_for(settings: Settings, mailer: Mailer) -> Texts:
    """The demo's messages never leave the machine; elsewhere they go as mails as soon as there is a mail server."""
    if settings.demo or settings.smtp_url is None:
        return TextOutbox(settings.outbox)
    return TextsByMail(mailer)


class TextOutbox:
    """A folder of mode 0700 with one ``<id>.txt`` of mode 0600 per message: the number, the title, then the words."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: Text) -> None:
        """Write the message; its file appears whole or not at all."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f".{message.id.hex}.{os.urandom(4).hex()}.part"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_OURS)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(f"{message.phone}\n{message.title}\n{message.words}".encode())
            part.replace(self._folder / f"{message.id.hex}.txt")
        finally:
            part.unlink(missing_ok=True)


class TextsByMail:
    """The second form, for people with a mail address; somebody without one cannot be reached this way."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    def send(self, message: Text) -> None:
        """Send it as a mail. Raises TextNotSent where there is no address, and what the mailer raises."""
        if not message.email:
            raise TextNotSent(permanent=True)
        self._mailer.send(Mail(to=message.email, subject=message.title, text=message.words, message_id=message.id))


@dataclass(frozen=True, slots=True)
class Left:
    """A message as it lies in the outbox. ``at`` is the time of its file, aware."""

    at: datetime
    phone: str = field(repr=False)
    title: str = field(repr=False)
    words: str = field(repr=False)


def newest(folder: Path, most: int) -> list[Left]:
    """The last messages to telephones that lie in an outbox, newest first; one that goes meanwhile is left out."""
    found = (
        sorted(((path.stat().st_mtime, path) for path in folder.glob("*.txt")), reverse=True) if folder.exists() else []
    )
    return [_read(path, moment) for moment, path in found[:most] if path.exists()]


def _read(path: Path, moment: float) -> Left:
    phone, title, words = path.read_text("utf-8").split("\n", 2)
    return Left(datetime.fromtimestamp(moment).astimezone(), phone, title, words)
