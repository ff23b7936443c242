"""A signed note that fixes how long the audit chain was and what its head was: C2SP signed note, Ed25519."""

from __future__ import annotations

import base64
import binascii
import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from portal.vault.chain import instant_text
from portal.vault.errors import ChainError

_DASH = "\u2014 "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The chain's count and head at a time. ``head`` is h(count), 32 bytes; ``at`` is aware."""

    installation: UUID
    count: int
    head: bytes
    at: datetime

    @property
    def origin(self) -> str:
        """The first line, which also names the signer."""
        return f"anju/{self.installation.hex}"

    @property
    def text(self) -> str:
        """The four lines that are signed."""
        return f"{self.origin}\n{self.count}\n{_base64(self.head)}\n{instant_text(self.at)}\n"

    def sign(self, seed: bytes) -> str:
        """The whole note, signed with the ``audit`` secret."""
        private = Ed25519PrivateKey.from_private_bytes(seed)
        signature = _key_id(self.origin, private.public_key()) + private.sign(self.text.encode())
        return f"{self.text}\n{_DASH}{self.origin} {_base64(signature)}\n"

    def confirm(self, count: int, head: bytes) -> None:
        """Compare with the chain as followed up to this checkpoint. Raises ChainError."""
        if (count, head) != (self.count, self.head):
            raise ChainError(f"the audit chain is not the one signed at event {self.count}")


def public_key(seed: bytes) -> bytes:
    """The 32 bytes a verifier needs for what the ``audit`` secret signs."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def read_checkpoint(note: str, installation: UUID, public: bytes) -> Checkpoint:
    """Read a signed note of this installation. Raises ChainError for any other byte than ``sign`` would write."""
    text, _, signature = note.partition(f"\n{_DASH}")
    found = _parse(text, installation)
    if found is None or found.text != text:
        raise ChainError("the checkpoint is not a note of this installation")
    raw = _bytes(signature.removeprefix(f"{found.origin} ").removesuffix("\n"))
    if raw is None or signature != f"{found.origin} {_base64(raw)}\n":
        raise ChainError("the checkpoint's signature is not readable")
    verifier = Ed25519PublicKey.from_public_bytes(public)
    if raw[:4] != _key_id(found.origin, verifier) or not _verified(verifier, raw[4:], text):
        raise ChainError("the checkpoint is not signed by this installation")
    return found


def _parse(text: str, installation: UUID) -> Checkpoint | None:
    lines = text.split("\n")
    if len(lines) != 5 or not (lines[1].isascii() and lines[1].isdigit() and len(lines[1]) < 19):
        return None
    head = _bytes(lines[2])
    with suppress(ValueError):
        at = datetime.strptime(lines[3], "%Y-%m-%dT%H:%M:%S.%f%z")
        if head is not None and len(head) == 32:
            return Checkpoint(installation, int(lines[1]), head, at)
    return None


def _verified(verifier: Ed25519PublicKey, signature: bytes, text: str) -> bool:
    try:
        verifier.verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def _key_id(origin: str, public: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(origin.encode() + b"\x0a\x01" + public.public_bytes_raw()).digest()[:4]


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
