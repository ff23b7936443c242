"""Sealed files: chunks of 64 KiB under a key of their own, so that a range opens only what it needs.

The row keeps the file key blob, header(4) | nonce(12) | ciphertext(40) | tag(16); the object is the chunks alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import count
from typing import BinaryIO, NamedTuple

from cryptography.exceptions import InvalidTag

from portal.vault.ciphers import AES_256_GCM, NONCE, TAG, Cipher, cipher
from portal.vault.datakeys import HEADER, DataKeys
from portal.vault.errors import SealError
from portal.vault.wrapping import KEY

CHUNK = 65_536
STORED = CHUNK + TAG
KEY_BLOB = HEADER + NONCE + KEY + 8 + TAG
_START = HEADER + NONCE


class FileKey(NamedTuple):
    """What a file key blob holds, and the algorithm its header names for the chunks too."""

    key: bytes
    size: int
    algorithm: int

    def __repr__(self) -> str:
        return f"FileKey(size={self.size})"


def chunk_count(size: int) -> int:
    """How many chunks a content of ``size`` bytes has; an empty one has one empty chunk."""
    return max(1, -(-size // CHUNK))


def object_length(size: int) -> int:
    """How many bytes the stored object of a content of ``size`` bytes has."""
    return size + TAG * chunk_count(size)


def seal_file_key(keys: DataKeys, file_id: bytes, subject: bytes, held: FileKey, *, nonce: bytes) -> bytes:
    """The 72-byte blob for the file's row; ``subject`` is kind(1) | id(16), ``nonce`` is fresh and random."""
    header, sealer = keys.sealer(held.algorithm)
    bound = b"anju/v1/file" + header + file_id + subject
    return header + nonce + sealer.encrypt(nonce, held.key + held.size.to_bytes(8), bound)


def open_file_key(keys: DataKeys, file_id: bytes, subject: bytes, blob: bytes) -> FileKey:
    """Open a file key blob for the row it stands in. Raises SealError."""
    if len(blob) != KEY_BLOB:
        raise SealError
    header = blob[:HEADER]
    opener = keys.opener(header)
    try:
        plain = opener.decrypt(blob[HEADER:_START], blob[_START:], b"anju/v1/file" + header + file_id + subject)
    except InvalidTag:
        raise SealError from None
    return FileKey(plain[:KEY], int.from_bytes(plain[KEY:]), header[1])


def seal_chunks(sealer: Cipher, source: BinaryIO) -> Iterator[bytes]:
    """The chunks of the object, in order, holding two chunks of the content at a time."""
    ahead = _take(source)
    for number in count():  # pragma: no branch - it counts for ever, the return ends it
        here, ahead = ahead, _take(source) if len(ahead) == CHUNK else b""
        yield sealer.encrypt(_nonce(number, not ahead), here, None)
        if not ahead:
            return


class FileSealer:
    """One content being sealed: iterate once for the object's chunks, then read ``blob`` and ``size``.

    The file key is drawn here and seals nothing else. A content that is sent again is a new file with a new id.
    """

    __slots__ = ("_algorithm", "_blob", "_file_id", "_keys", "_size", "_source", "_subject")

    def __init__(
        self, keys: DataKeys, file_id: bytes, subject: bytes, source: BinaryIO, algorithm: int = AES_256_GCM
    ) -> None:
        self._keys, self._file_id, self._subject, self._algorithm = keys, file_id, subject, algorithm
        self._source: BinaryIO | None = source
        self._size = 0
        self._blob: bytes | None = None

    def __iter__(self) -> Iterator[bytes]:
        source, self._source = self._source, None
        if source is None:
            raise RuntimeError("a file is sealed once")
        return self._seal(source)

    @property
    def blob(self) -> bytes:
        """The file key blob for the row. Raises RuntimeError before the last chunk was taken."""
        if self._blob is None:
            raise RuntimeError("the file key blob exists when every chunk was taken")
        return self._blob

    @property
    def size(self) -> int:
        """How many bytes of content went in so far."""
        return self._size

    def _seal(self, source: BinaryIO) -> Iterator[bytes]:
        key = os.urandom(KEY)
        for chunk in seal_chunks(cipher(self._algorithm, key), source):
            self._size += len(chunk) - TAG
            yield chunk
        held = FileKey(key, self._size, self._algorithm)
        self._blob = seal_file_key(self._keys, self._file_id, self._subject, held, nonce=os.urandom(NONCE))


class OpenedFile:
    """A file whose key blob was opened: says which bytes of the object a range needs, and opens them."""

    __slots__ = ("_cipher", "size")

    def __init__(self, held: FileKey) -> None:
        self.size = held.size
        self._cipher = cipher(held.algorithm, held.key)

    @property
    def object_length(self) -> int:
        """How long the stored object must be."""
        return object_length(self.size)

    def span(self, start: int = 0, stop: int | None = None) -> tuple[int, int]:
        """First byte and end of the part of the object that holds content bytes ``start`` up to ``stop``.

        Raises ValueError for an empty range (but an empty file is read whole) and for one outside the file.
        """
        first, last = self._chunks(start, self.size if stop is None else stop)
        return first * STORED, min((last + 1) * STORED, self.object_length)

    def read(self, pieces: Iterable[bytes], length: int, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Content bytes ``start`` up to ``stop``, from the object's bytes of that ``span`` cut anywhere.

        ``length`` is the whole object's length as the storage tells it; another one than ``object_length`` is refused
        before anything is opened. Raises SealError, also between two pieces: what was given out by then is genuine.
        """
        if length != self.object_length:
            raise SealError
        stop = self.size if stop is None else stop
        return self._open(pieces, self._chunks(start, stop), start, stop)

    def _chunks(self, start: int, stop: int) -> tuple[int, int]:
        if not (0 <= start < stop <= self.size or start == stop == self.size == 0):
            raise ValueError("the range lies outside the file")
        return start // CHUNK, max(start, stop - 1) // CHUNK

    def _open(self, pieces: Iterable[bytes], chunks: tuple[int, int], start: int, stop: int) -> Iterator[bytes]:
        number, last = chunks
        for stored in _recut(pieces):
            if number > last:
                raise SealError
            try:
                plain = self._cipher.decrypt(_nonce(number, number + 1 == chunk_count(self.size)), stored, None)
            except InvalidTag:
                raise SealError from None
            begin = number * CHUNK
            if plain:
                yield plain[max(start - begin, 0) : stop - begin]
            number += 1
        if number <= last:
            raise SealError


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11) + (b"\x01" if last else b"\x00")


def _take(source: BinaryIO) -> bytes:
    """A whole chunk, or what remains: a raw stream may hand out less than asked before its end."""
    taken = source.read(CHUNK)
    while 0 < len(taken) < CHUNK and (more := source.read(CHUNK - len(taken))):
        taken += more
    return taken


def _recut(pieces: Iterable[bytes]) -> Iterator[bytes | memoryview]:
    """The same bytes in stored chunks, the last one what remains; a piece that holds whole chunks is not copied."""
    parts: list[bytes | memoryview] = []
    waiting = 0
    for piece in pieces:
        parts.append(piece)
        waiting += len(piece)
        if waiting < STORED:
            continue
        view = memoryview(parts[0] if len(parts) == 1 else b"".join(parts))
        whole = waiting - waiting % STORED
        yield from (view[at : at + STORED] for at in range(0, whole, STORED))
        parts, waiting = [view[whole:]], waiting - whole
    if waiting:
        yield b"".join(parts)
