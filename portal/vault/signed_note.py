"""C2SP signed notes: a few lines of text and an Ed25519 signature of the installation under them.

The first line says who signs and what: ``anju/<installation>`` for a checkpoint of the audit chain, and
``anju/<installation>/<kind>`` for everything else, so that no note can be taken for one of another kind.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from portal.vault.errors import ChainError

_DASH = "\u2014 "


def public_key(seed: bytes) -> bytes:
    """The 32 bytes a verifier needs for what the ``audit`` secret signs."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(text: str, seed: bytes) -> str:
    """The whole note: ``text`` (lines, each ended by a newline), an empty line, the signature line."""
    origin = text.partition("\n")[0]
    private = Ed25519PrivateKey.from_private_bytes(seed)
    signature = _key_id(origin, private.public_key()) + private.sign(text.encode())
    return f"{text}\n{_DASH}{origin} {to_base64(signature)}\n"


def read(note: str, origin: str, public: bytes) -> str:
    """The text of a note whose first line is ``origin``. Raises ChainError for any other byte than ``sign`` writes."""
    text, _, signature = note.partition(f"\n{_DASH}")
    if text.partition("\n")[0] != origin or not text.endswith("\n"):
        raise ChainError("this is not a note of this installation")
    raw = from_base64(signature.removeprefix(f"{origin} ").removesuffix("\n"))
    if raw is None or signature != f"{origin} {to_base64(raw)}\n":
        raise ChainError("the note's signature is not readable")
    verifier = Ed25519PublicKey.from_public_bytes(public)
    if raw[:4] != _key_id(origin, verifier) or not _verified(verifier, raw[4:], text):
        raise ChainError("the note is not signed by this installation")
    return text


def verifier_key(origin: str, public: bytes) -> str:
    """What a C2SP verifier is configured with: ``<origin>+<key id in hex>+<base64 of 0x01 | public key>``."""
    verifier = Ed25519PublicKey.from_public_bytes(public)
    return f"{origin}+{_key_id(origin, verifier).hex()}+{to_base64(bytes([1]) + public)}"


def to_base64(raw: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(raw).decode()


def from_base64(text: str) -> bytes | None:
    """Its bytes; None where it is none. Compare with ``to_base64`` where only one spelling may pass."""
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None


def _verified(verifier: Ed25519PublicKey, signature: bytes, text: str) -> bool:
    try:
        verifier.verify(signature, text.encode(errors="surrogatepass"))
    except InvalidSignature:
        return False
    return True


def _key_id(origin: str, public: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(origin.encode() + b"\x0a\x01" + public.public_bytes_raw()).digest()[:4]
