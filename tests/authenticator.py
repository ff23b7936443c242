"""A passkey without a device: it makes a key pair and signs what it is asked, as a browser would hand it over."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One key of one site. What is wrong about an answer is said by keyword."""

    def __init__(self, host: str = "127.0.0.1", origin: str = "http://127.0.0.1:8000") -> None:
        self.host, self.origin = host, origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential = os.urandom(16)
        self.count = 0

    def create(self, options: str, **wrong: Any) -> str:
        """The answer to being asked to make a key."""
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        attested = bytes(16) + struct.pack(">H", len(self.credential)) + self.credential + cbor2.dumps(cose)
        data = self._data(ATTESTED, **wrong) + attested
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"attestationObject": _text(made)}, self._client("webauthn.create", options, **wrong))

    def get(self, options: str, *, count: int | None = None, **wrong: Any) -> str:
        """The answer to being asked to show it; ``count`` is what its counter says."""
        self.count = self.count + 1 if count is None else count
        data, client = self._data(0, **wrong), self._client("webauthn.get", options, **wrong)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        if wrong.get("forged"):
            signature = self.key.sign(b"something else", ec.ECDSA(SHA256()))
        return self._answer({"authenticatorData": _text(data), "signature": _text(signature)}, client)

    def _data(self, flags: int, *, host: str = "", verified: bool = True, **_: Any) -> bytes:
        said = PRESENT | flags | (VERIFIED if verified else 0)
        return hashlib.sha256((host or self.host).encode()).digest() + struct.pack(">BI", said, self.count)

    def _client(self, kind: str, options: str, *, origin: str = "", challenge: bytes = b"", **_: Any) -> bytes:
        asked = _text(challenge) if challenge else json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": asked, "origin": origin or self.origin}).encode()

    def _answer(self, response: dict[str, str], client: bytes) -> str:
        name = _text(self.credential)
        answer = {"id": name, "rawId": name, "type": "public-key"}
        return json.dumps(answer | {"response": response | {"clientDataJSON": _text(client)}})


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
