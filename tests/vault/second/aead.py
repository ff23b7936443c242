"""The format's two algorithms: AES-256-GCM by pycryptodome, SM4-GCM by NIST SP 800-38D over the plain block cipher."""

from __future__ import annotations

from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF

from tests.vault.second.national import sm4_block, sm4_round_keys

TAG = 16


class Refused(Exception):
    """This is not sealed, or not for here."""


def hkdf(key: bytes, info: str, length: int) -> bytes:
    """HKDF-SHA-256 without salt."""
    return HKDF(key, length, b"", SHA256, context=info.encode())


def seal(algorithm: int, key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    """ciphertext | tag(16)."""
    if algorithm == 2:
        return _Sm4Gcm(hkdf(key, "anju/v1/sm4", 16), nonce).seal(plain, bound)
    aes = AES.new(key, AES.MODE_GCM, nonce=nonce, mac_len=TAG)
    aes.update(bound)
    return b"".join(aes.encrypt_and_digest(plain))


def unseal(algorithm: int, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
    """The plaintext. Raises Refused."""
    text, tag = sealed[:-TAG], sealed[-TAG:]
    if algorithm == 2:
        return _Sm4Gcm(hkdf(key, "anju/v1/sm4", 16), nonce).unseal(text, tag, bound)
    if algorithm != 1:
        raise Refused("algorithm")
    aes = AES.new(key, AES.MODE_GCM, nonce=nonce, mac_len=TAG)
    aes.update(bound)
    try:
        return aes.decrypt_and_verify(text, tag)
    except ValueError:
        raise Refused("tag") from None


class _Sm4Gcm:
    def __init__(self, key: bytes, nonce: bytes) -> None:
        self._keys, self._nonce = sm4_round_keys(key), nonce
        self._h = int.from_bytes(sm4_block(self._keys, bytes(16)))

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        text = self._streamed(plain)
        return text + self._tag(text, bound)

    def unseal(self, text: bytes, tag: bytes, bound: bytes) -> bytes:
        if self._tag(text, bound) != tag:
            raise Refused("tag")
        return self._streamed(text)

    def _counted(self, number: int) -> bytes:
        return sm4_block(self._keys, self._nonce + number.to_bytes(4))

    def _streamed(self, data: bytes) -> bytes:
        stream = b"".join(self._counted(number) for number in range(2, 2 + -(-len(data) // 16)))
        return bytes(one ^ other for one, other in zip(data, stream, strict=False))

    def _tag(self, text: bytes, bound: bytes) -> bytes:
        hashed = bound + bytes(-len(bound) % 16) + text + bytes(-len(text) % 16)
        hashed += (8 * len(bound)).to_bytes(8) + (8 * len(text)).to_bytes(8)
        y = 0
        for at in range(0, len(hashed), 16):
            y = _multiplied(y ^ int.from_bytes(hashed[at : at + 16]), self._h)
        return (y ^ int.from_bytes(self._counted(1))).to_bytes(16)


def _multiplied(x: int, y: int) -> int:
    """In GF(2^128) as GCM writes it: the first bit is the lowest power."""
    z = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            z ^= y
        y = (y >> 1) ^ (0xE1 << 120 if y & 1 else 0)
    return z
