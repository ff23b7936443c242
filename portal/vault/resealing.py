"""Sealing again what is sealed already: under the subject's newest key and the installation's algorithm."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from cryptography.exceptions import InvalidTag

from portal.vault.canonical import read_texts
from portal.vault.ciphers import NONCE, Cipher
from portal.vault.datakeys import HEADER, DataKeys
from portal.vault.errors import Erased, KeyMissing, SealError, VaultError, VersionUnknown
from portal.vault.files import open_file_key, seal_file_key
from portal.vault.sealing import BLOCK, SHORTEST, START, label_bytes, unpad
from portal.vault.subjectkeys import SubjectKeys

Bound = tuple[bytes, bytes, bytes]
Held = tuple[bytes, bytes, Sequence[bytes | None]]
Resealed = list[bytes | VaultError | None]

_GROUP = b"anju/v1/group"


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

    def reseal_rows(self, labels: Sequence[str | None], rows: Iterable[Held]) -> list[Resealed]:
        """The same for rows given as (row id, kind(1) | subject id, blobs), with a blob or None for each label.

        The keys of all of them are fetched at once. What comes out of a row stands in the order of the labels.
        """
        rows = list(rows)
        keys: dict[bytes, DataKeys] | None = None
        with suppress(SealError):
            keys = self._subjects.of_batch({row[1] for row in rows})
        if keys is None or None in labels:
            return [self._one_by_one(keys, labels, row) for row in rows]
        heads = [label_bytes(label) for label in labels if label is not None]
        return [self._together(keys, labels, heads, row) for row in rows]

    def _together(
        self, keys: Mapping[bytes, DataKeys], labels: Sequence[str | None], heads: list[bytes], row: Held
    ) -> Resealed:
        """All groups of a row whose keys are at hand, which is every row but a few."""
        row_id, subject, blobs = row
        try:
            found = keys[subject]
            header, cipher = found.sealer(self.algorithm)
            bound = row_id + subject
            return [
                None if blob is None else _exchanged(found, header, cipher, head + bound, blob)
                for head, blob in zip(heads, blobs, strict=True)
            ]
        except (KeyError, ValueError, SealError):  # each by itself, to say why
            return self._one_by_one(keys, labels, row)

    def _one_by_one(self, keys: Mapping[bytes, DataKeys] | None, labels: Sequence[str | None], row: Held) -> Resealed:
        row_id, subject, blobs = row
        return [
            None if blob is None else self._resealed(keys, label, (row_id, subject, blob))
            for label, blob in zip(labels, blobs, strict=True)
        ]

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
    return _exchanged(keys, header, cipher, label_bytes(label) + row_id + subject, blob)


def _exchanged(keys: DataKeys, header: bytes, cipher: Cipher, bound: bytes, blob: bytes) -> bytes | None:
    before = blob[:HEADER]
    if before == header:
        return None
    if len(blob) % BLOCK or len(blob) < SHORTEST:
        raise SealError
    try:
        padded = keys.opener(before).decrypt(blob[HEADER:START], blob[START:], _GROUP + before + bound)
    except InvalidTag:
        raise SealError from None
    if read_texts(unpad(padded)) is None:
        raise SealError
    nonce = os.urandom(NONCE)
    return header + nonce + cipher.encrypt(nonce, padded, _GROUP + header + bound)


def reseal_file_key(keys: DataKeys, file_id: bytes, subject: bytes, blob: bytes) -> bytes | None:
    """The same file key under the newest version; the algorithm stays, for the object is sealed with it."""
    if blob[2:HEADER] == keys.newest.to_bytes(2):
        return None
    held = open_file_key(keys, file_id, subject, blob)
    return seal_file_key(keys, file_id, subject, held, nonce=os.urandom(NONCE))
