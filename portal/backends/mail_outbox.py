"""Mails that stay on this machine: one file each, for the demo and for an installation without SMTP."""

from __future__ import annotations

import os
from datetime import datetime
from email.headerregistry import Address
from pathlib import Path
from typing import Final

from portal.backends.mail_message import Mail, built

_ONLY_OURS: Final = 0o600


class Outbox:
    """A folder of mode 0700 with one ``<message id>.eml`` of mode 0600 per mail, in the order of their ids.

    The same mail sent again replaces its file. The files hold what people were told, in clear: ``sweep`` them.
    """

    def __init__(self, folder: Path, sender: Address) -> None:
        self._folder, self._sender = folder, sender

    def send(self, message: Mail) -> None:
        """Write the mail; its file appears whole or not at all. Raises MailRefused."""
        content = built(message, self._sender).as_bytes()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f".{message.message_id.hex}.{os.urandom(4).hex()}.part"
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_OURS)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._folder / f"{message.message_id.hex}.eml")
        finally:
            part.unlink(missing_ok=True)

    def sweep(self, moment: datetime) -> int:
        """Remove mails, and parts of mails that a killed writer left, from before ``moment``; returns how many."""
        swept = 0
        for path in self._folder.iterdir() if self._folder.exists() else ():
            if path.suffix in (".eml", ".part") and path.stat().st_mtime < moment.timestamp():
                path.unlink(missing_ok=True)
                swept += 1
        return swept
