"""The audit chain, commitments of notes, and signed notes."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode

from Crypto.Hash import SHA256
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

from tests.vault.second.aead import Refused
from tests.vault.second.groups import written

CHECKPOINT = re.compile(
    r"(anju/[0-9a-f]{32})\n(0|[1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)\n"
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n\n— (\S+) ([A-Za-z0-9+/=]+)\n"
)


def follow(events: list[tuple[bytes, bytes]]) -> tuple[int, bytes]:
    """The last number and hash of a chain from its beginning. Raises Refused."""
    head = bytes(32)
    for kept, said in events:
        head = SHA256.new(b"anju/v1/event" + head + kept).digest()
        if head != said:
            raise Refused("hash")
    return len(events), head


def commitment(fields: dict[str, str]) -> str:
    return SHA256.new(b"anju/v1/note" + written(fields).encode("utf-8")).hexdigest()


def public_of(seed: bytes) -> bytes:
    return bytes(ECC.construct(curve="Ed25519", seed=seed).public_key().export_key(format="raw"))


def _key_id(origin: str, public: bytes) -> bytes:
    return SHA256.new(origin.encode() + b"\x0a\x01" + public).digest()[:4]


def sign(text: str, seed: bytes) -> str:
    """A text of whole lines as a signed note."""
    origin = text.split("\n")[0]
    signature = eddsa.new(ECC.construct(curve="Ed25519", seed=seed), "rfc8032").sign(text.encode())
    return f"{text}\n— {origin} {b64encode(_key_id(origin, public_of(seed)) + signature).decode()}\n"


def checkpoint_text(installation: str, count: int, head: bytes, at: str) -> str:
    return f"anju/{installation}\n{count}\n{b64encode(head).decode()}\n{at}\n"


def read_checkpoint(note: str, installation: str, public: bytes) -> tuple[int, bytes, str]:
    """Count, head and time. Raises Refused with what is wrong."""
    found = CHECKPOINT.fullmatch(note)
    if found is None or found[1] != f"anju/{installation}" or found[5] != found[1]:
        raise Refused("note")
    try:
        head, raw = b64decode(found[3], validate=True), b64decode(found[6], validate=True)
    except ValueError:
        raise Refused("note") from None
    if b64encode(head).decode() != found[3] or b64encode(raw).decode() != found[6]:
        raise Refused("note")
    text = note[: note.index("\n\n") + 1]
    try:
        verifier = eddsa.new(eddsa.import_public_key(public), "rfc8032")
        verifier.verify(text.encode(), raw[4:])
    except ValueError:
        raise Refused("signature") from None
    if raw[:4] != _key_id(found[1], public):
        raise Refused("signature")
    return int(found[2]), head, found[4]
