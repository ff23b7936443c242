"""A signed note that fixes how long the audit chain was and what its head was.

One with ``/restored`` in its first line was signed by a restore: the same, and that the chain was set back to there.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.vault import signed_note
from portal.vault.chain import instant_text
from portal.vault.errors import ChainError
from portal.vault.signed_note import from_base64, public_key, to_base64

__all__ = ["Checkpoint", "public_key", "read_checkpoint"]

_RESTORED = "/restored"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The chain's count and head at a time. ``head`` is h(count), 32 bytes; ``at`` is aware. ``restored``: what was
    signed earlier on later events counts no more."""

    installation: UUID
    count: int
    head: bytes
    at: datetime
    restored: bool = False

    @property
    def origin(self) -> str:
        """What names the signer: the first line, or how it begins."""
        return f"anju/{self.installation.hex}"

    @property
    def text(self) -> str:
        """The four lines that are signed."""
        first = self.origin + (_RESTORED if self.restored else "")
        return f"{first}\n{self.count}\n{to_base64(self.head)}\n{instant_text(self.at)}\n"

    def sign(self, seed: bytes) -> str:
        """The whole note, signed with the ``audit`` secret."""
        return signed_note.sign(self.text, seed)

    def confirm(self, count: int, head: bytes) -> None:
        """Compare with the chain as followed up to this checkpoint. Raises ChainError."""
        if (count, head) != (self.count, self.head):
            raise ChainError(f"the audit chain is not the one signed at event {self.count}")


def read_checkpoint(note: str, installation: UUID, public: bytes) -> Checkpoint:
    """Read a signed note of this installation. Raises ChainError for any other byte than ``sign`` would write."""
    origin = f"anju/{installation.hex}"
    restored = note.startswith(f"{origin}{_RESTORED}\n")
    text = signed_note.read(note, f"{origin}{_RESTORED}" if restored else origin, public)
    found = _parse(text, installation, restored=restored)
    if found is None or found.text != text:
        raise ChainError("the checkpoint is not a note of this installation")
    return found


def _parse(text: str, installation: UUID, *, restored: bool) -> Checkpoint | None:
    lines = text.split("\n")
    if len(lines) != 5 or not (lines[1].isascii() and lines[1].isdigit() and len(lines[1]) < 19):
        return None
    head = from_base64(lines[2])
    with suppress(ValueError):
        at = datetime.strptime(lines[3], "%Y-%m-%dT%H:%M:%S.%f%z")
        if head is not None and len(head) == 32:
            return Checkpoint(installation, int(lines[1]), head, at, restored)
    return None
