"""One subject's data keys in the open, and the header that names one of them."""

from __future__ import annotations

from collections.abc import Mapping

from portal.vault.ciphers import AES_256_GCM, Cipher, cipher, known
from portal.vault.errors import SealError, VersionUnknown

FORMAT = 0x01
DEVELOPMENT_BIT = 0x80
HEADER = 4


class DataKeys:
    """Every living version of one subject's data key. Without any, the subject was erased.

    The highest version seals, the others only open. Ciphers are built once a key, because building one costs as
    much as two openings.
    """

    __slots__ = ("_ciphers", "_format", "_keys")

    def __init__(self, keys: Mapping[int, bytes], *, development: bool) -> None:
        self._keys = dict(keys)
        self._format = FORMAT | DEVELOPMENT_BIT if development else FORMAT
        self._ciphers: dict[bytes, Cipher] = {}

    @property
    def erased(self) -> bool:
        """Whether the subject has no key any more."""
        return not self._keys

    @property
    def newest(self) -> int:
        """The version that seals. Raises ValueError where the subject was erased."""
        return max(self._keys)

    def sealer(self, algorithm: int = AES_256_GCM) -> tuple[bytes, Cipher]:
        """format(1) | algorithm(1) | key version(2) of the highest version, and its cipher."""
        header = bytes((self._format, algorithm)) + max(self._keys).to_bytes(2)
        return header, self.opener(header)

    def opener(self, header: bytes) -> Cipher:
        """The cipher a blob's first four bytes ask for.

        Raises SealError for another format, environment or algorithm, and VersionUnknown. Only headers that
        passed are remembered, so a known one needs no second look.
        """
        found = self._ciphers.get(header)
        if found is None:
            found = self._ciphers[header] = self._judge(header)
        return found

    def _judge(self, header: bytes) -> Cipher:
        if len(header) != HEADER or header[0] != self._format or not known(header[1]):
            raise SealError
        key = self._keys.get(int.from_bytes(header[2:]))
        if key is None:
            raise VersionUnknown
        return cipher(header[1], key)
