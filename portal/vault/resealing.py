"""Sealing again what is sealed already: under the subject's newest key and the installation's algorithm."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from cryptography.exceptions import InvalidTag

from portal.vault.canonical import read_texts
from portal.vault.ciphers import ALGORITHMS, NONCE, Cipher, cipher
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
        keys = self._of_all(subject for _, subject, _ in rows)
        return [self._resealed(keys, label, row) for row in rows]

    def reseal_rows(self, labels: Sequence[str | None], rows: Iterable[Held]) -> list[Resealed]:
        """The same for rows given as (row id, kind(1) | subject id, blobs), with a blob or None for each label.

        The keys of all of them are fetched at once. What comes out of a row stands in the order of the labels.
        """
        rows, subjects = list(rows), self._subjects
        if None in labels:  # the key of a file has another shape
            return self._one_by_one(labels, rows)
        keys = subjects.in_the_open({row[1] for row in rows})
        quick = _Quick(subjects, self.algorithm, [label_bytes(label) for label in labels if label is not None])
        return [quick.resealed(keys.get(row[1]), row) or self._one_by_one(labels, [row])[0] for row in rows]

    def _one_by_one(self, labels: Sequence[str | None], rows: list[Held]) -> list[Resealed]:
        keys = self._of_all(row[1] for row in rows)
        return [
            [
                None if blob is None else self._resealed(keys, label, (row_id, subject, blob))
                for label, blob in zip(labels, blobs, strict=True)
            ]
            for row_id, subject, blobs in rows
        ]

    def _of_all(self, subjects: Iterable[bytes]) -> dict[bytes, DataKeys] | None:
        """None where the key of one of them does not open: each is asked for by itself."""
        with suppress(SealError):
            return self._subjects.of_many(set(subjects))
        return None

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
    header, sealer = keys.sealer(algorithm)
    if blob[:HEADER] == header:
        return None
    return _exchanged(keys.opener(blob[:HEADER]), header, sealer, label_bytes(label) + row_id + subject, blob)


class _Quick:
    """Reseals the groups of rows whose keys are at hand and whose blobs are sound, which is every row but a few.

    What the rows of a batch have in common is made once; a subject's ciphers are built once a row.
    """

    def __init__(self, subjects: SubjectKeys, algorithm: int, labels: list[bytes]) -> None:
        self._subjects, self._algorithm, self._labels = subjects, algorithm, labels
        # The first two bytes of whatever may be opened: format and algorithm.
        self._openable = {subjects.header(1, known)[:2]: known for known in ALGORITHMS}
        self._headers: dict[int, bytes] = {}

    def resealed(self, keys: dict[int, bytes] | None, row: Held) -> Resealed | None:
        """New blobs, or None where something is not as it is in every other row."""
        if not keys:
            return None
        row_id, subject, blobs = row
        newest = max(keys)
        header, bound = self._headers.get(newest) or self._header(newest), row_id + subject
        found: Resealed = []
        sealer = opener = last = None
        try:
            for label, blob in zip(self._labels, blobs, strict=True):
                if blob is None or (before := blob[:HEADER]) == header:
                    found.append(None)
                    continue
                if before != last:
                    opener, last = cipher(self._openable[before[:2]], keys[int.from_bytes(before[2:])]), before
                sealer = sealer or cipher(self._algorithm, keys[newest])
                assert opener is not None
                found.append(_exchanged(opener, header, sealer, label + bound, blob))
        except (KeyError, SealError):
            return None
        return found

    def _header(self, version: int) -> bytes:
        found = self._headers[version] = self._subjects.header(version, self._algorithm)
        return found


def _exchanged(opener: Cipher, header: bytes, sealer: Cipher, bound: bytes, blob: bytes) -> bytes:
    if len(blob) % BLOCK or len(blob) < SHORTEST:
        raise SealError
    try:
        padded = opener.decrypt(blob[HEADER:START], blob[START:], _GROUP + blob[:HEADER] + bound)
    except InvalidTag:
        raise SealError from None
    if read_texts(unpad(padded)) is None:
        raise SealError
    nonce = os.urandom(NONCE)
    return header + nonce + sealer.encrypt(nonce, padded, _GROUP + header + bound)


def reseal_file_key(keys: DataKeys, file_id: bytes, subject: bytes, blob: bytes) -> bytes | None:
    """The same file key under the newest version; the algorithm stays, for the object is sealed with it."""
    if blob[2:HEADER] == keys.newest.to_bytes(2):
        return None
    held = open_file_key(keys, file_id, subject, blob)
    return seal_file_key(keys, file_id, subject, held, nonce=os.urandom(NONCE))
