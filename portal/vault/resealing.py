"""Sealing again what is sealed already: under the subject's newest key and the installation's algorithm."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress

from cryptography.exceptions import InvalidTag

from portal.vault.canonical import read_texts
from portal.vault.ciphers import NONCE
from portal.vault.datakeys import HEADER, DataKeys
from portal.vault.errors import Erased, KeyMissing, SealError, VaultError, VersionUnknown
from portal.vault.files import open_file_key, seal_file_key
from portal.vault.sealing import BLOCK, SHORTEST, START, label_bytes, unpad
from portal.vault.subjectkeys import SubjectKeys

Bound = tuple[bytes, bytes, bytes]


class Resealing:
    """The part of the key ring that reseals batches."""

    _subjects: SubjectKeys
    algorithm: int

    def reseal_many(self, label: str | None, rows: Iterable[Bound]) -> list[bytes | VaultError | None]:
        """New blobs for rows given as (row id, kind(1) | subject id, blob); the caller swaps them against the old ones.

        ``label`` is that of a group; None stands for keys of files. None for a row that is as new as it can be, Erased,
        KeyMissing or SealError for one that does not open.
        """
        rows = list(rows)
        keys: dict[bytes, DataKeys] | None = None
        with suppress(SealError):  # the key of one of them does not open: each is asked for by itself
            keys = self._subjects.of_many({subject for _, subject, _ in rows})
        return [self._resealed(keys, label, row) for row in rows]

    def _resealed(
        self, keys: Mapping[bytes, DataKeys] | None, label: str | None, row: Bound
    ) -> bytes | VaultError | None:
        subject = row[1]
        try:
            try:
                return self._attempt(self._subjects.of(subject) if keys is None else keys.get(subject), label, row)
            except VersionUnknown:  # made a moment ago, elsewhere
                return self._attempt(self._subjects.afresh(subject), label, row)
        except (SealError, Erased, KeyMissing) as error:
            return error

    def _attempt(self, keys: DataKeys | None, label: str | None, row: Bound) -> bytes | None:
        if keys is None or keys.erased:
            raise KeyMissing if keys is None else Erased
        if label is None:
            return reseal_file_key(keys, *row)
        return reseal_group(keys, label, *row, algorithm=self.algorithm)


def reseal_group(
    keys: DataKeys, label: str, row_id: bytes, subject: bytes, blob: bytes, *, algorithm: int
) -> bytes | None:
    """The same plaintext, byte for byte, so that unknown fields stay; None where key and algorithm are the newest.

    Raises SealError for what would not open either.
    """
    header, cipher = keys.sealer(algorithm)
    if blob[:HEADER] == header:
        return None
    if len(blob) % BLOCK or len(blob) < SHORTEST:
        raise SealError
    bound = label_bytes(label) + row_id + subject
    opener = keys.opener(blob[:HEADER])
    try:
        padded = opener.decrypt(blob[HEADER:START], blob[START:], b"anju/v1/group" + blob[:HEADER] + bound)
    except InvalidTag:
        raise SealError from None
    if read_texts(unpad(padded)) is None:
        raise SealError
    nonce = os.urandom(NONCE)
    return header + nonce + cipher.encrypt(nonce, padded, b"anju/v1/group" + header + bound)


def reseal_file_key(keys: DataKeys, file_id: bytes, subject: bytes, blob: bytes) -> bytes | None:
    """The same file key under the newest version; the algorithm stays, for the object is sealed with it."""
    if blob[2:HEADER] == keys.newest.to_bytes(2):
        return None
    held = open_file_key(keys, file_id, subject, blob)
    return seal_file_key(keys, file_id, subject, held, nonce=os.urandom(NONCE))
