"""The two algorithms of the format behind one shape, and the key derivation both sides share."""

from __future__ import annotations

from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as Construction
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.config import Settings

AES_256_GCM = 1
SM4_GCM = 2
ALGORITHMS = (AES_256_GCM, SM4_GCM)
NONCE = 12
TAG = 16


class Cipher(Protocol):
    """Authenticated encryption under one key; ``decrypt`` raises cryptography's InvalidTag."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes | memoryview, associated_data: bytes | None, /) -> bytes: ...


class Sm4Gcm:
    """SM4 in GCM with a 16-byte tag after the ciphertext, as AESGCM lays it out."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """Seal: ciphertext | tag."""
        sealing = Construction(self._key, modes.GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(associated_data or b"")
        return sealing.update(data) + sealing.finalize() + sealing.tag

    def decrypt(self, nonce: bytes, data: bytes | memoryview, associated_data: bytes | None, /) -> bytes:
        """Open; nothing is given out before the tag was checked."""
        if len(data) < TAG:
            raise InvalidTag
        opening = Construction(self._key, modes.GCM(nonce, bytes(data[-TAG:]))).decryptor()
        opening.authenticate_additional_data(associated_data or b"")
        return opening.update(data[:-TAG]) + opening.finalize()


def hkdf(key: bytes, info: str, length: int) -> bytes:
    """HKDF-SHA-256 without salt."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info.encode()).derive(key)


def algorithm_of(settings: Settings) -> int:
    """The number of the algorithm that new seals use."""
    return SM4_GCM if settings.algorithm == "sm4" else AES_256_GCM


def known(algorithm: int) -> bool:
    """Whether the format knows this algorithm number."""
    return algorithm in ALGORITHMS


def cipher(algorithm: int, key: bytes) -> Cipher:
    """The cipher of a 32-byte key; SM4 takes 16 bytes derived from it. ``algorithm`` must be ``known``."""
    if algorithm == AES_256_GCM:
        return AESGCM(key)
    if algorithm == SM4_GCM:
        return Sm4Gcm(hkdf(key, "anju/v1/sm4", 16))
    raise ValueError("an algorithm number the format does not know")
