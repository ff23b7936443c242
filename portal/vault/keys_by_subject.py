"""Data keys by subject, by the hundred at a time: what a rotation asks of the key store and keeps in it.

A subject is given as its 17 bytes, kind(1) | id(16). In the words of the two drivers, as in ``keys_by_epoch``: through
the library each row costs several times as much.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection

from portal import clock
from portal.vault.ciphers import NONCE
from portal.vault.epochs import EpochStore
from portal.vault.errors import SealError
from portal.vault.keystore import BATCH, KeyStore
from portal.vault.wrapping import KEY, WRAPPED, data_head

KINDS = [bytes((kind,)) for kind in range(256)]

# kind, subject id, version, made at
Dated = tuple[int, bytes, int, int]
# subject id, version, epoch, wrapped
Held = tuple[bytes, int, int, bytes]
# kind, subject id, version, epoch, wrapped, made at
Added = tuple[int, bytes, int, int, bytes, int]

_NEXT = "SELECT kind, subject, version, made_at FROM vault_data_key"
_LATEST = "SELECT kind, subject, max(version), max(made_at) FROM vault_data_key"
_BY_VERSION = " ORDER BY kind, subject, version LIMIT "
_BY_SUBJECT = " GROUP BY kind, subject ORDER BY kind, subject LIMIT "
_COUNT = "SELECT count(*) FROM (SELECT DISTINCT kind, subject FROM vault_data_key) AS named"
_HELD = "SELECT subject, version, epoch, wrapped FROM vault_data_key WHERE kind = "
_ADD_ON_FILE = "INSERT INTO vault_data_key (kind, subject, version, epoch, wrapped, made_at) VALUES (?, ?, ?, ?, ?, ?)"
# Keys with all but two columns in common, which most have: members of arrays cost more than their encryption.
_ADD_ON_SERVER = """
    INSERT INTO vault_data_key (kind, subject, version, epoch, wrapped, made_at)
    SELECT %s, substring(%s::bytea, 16 * n + 1, 16), %s, %s, substring(%s::bytea, 60 * n + 1, 60), %s
    FROM generate_series(0, %s - 1) AS n
"""


class Newest(dict[bytes, int]):
    """The newest version of each of some subjects, as it was while the key store had this generation."""

    __slots__ = ("generation",)

    def __init__(self, generation: int, found: Iterable[tuple[bytes, int]]) -> None:
        super().__init__(found)
        self.generation = generation


def newest(store: KeyStore, subjects: Iterable[bytes]) -> Newest:
    """Of those of the subjects that have a key."""
    generation = store.generation()
    with store.reading() as connection:
        found = held(store, connection, subjects)
    return Newest(generation, ((subject, max(row[1] for row in rows)) for subject, rows in found.items()))


def next_newest(store: KeyStore, after: bytes, limit: int, before: int) -> tuple[bytes, int, Newest]:
    """The next subjects behind ``after``: the last one's name, how many, and those with no version made later.

    ``before`` in UTC seconds. An empty name at the end.
    """
    generation = store.generation()
    rows = _asked(store, _LATEST, after, _BY_SUBJECT, limit)
    last = KINDS[rows[-1][0]] + rows[-1][1] if rows else b""
    found = ((KINDS[kind] + subject, version) for kind, subject, version, made in rows if made <= before)
    return last, len(rows), Newest(generation, found)


def count_subjects(store: KeyStore) -> int:
    """How many subjects have a key."""
    with store.reading() as connection:
        found: int = connection.exec_driver_sql(_COUNT).scalar_one()
    return found


def next_versions(store: KeyStore, after: bytes, limit: int) -> list[Dated]:
    """Every version of the next ``limit`` subjects at most behind ``after``, in order; none at the end."""
    asked = 2 * limit + 1
    while True:  # how many rows that is shows when they are there
        rows = _asked(store, _NEXT, after, _BY_VERSION, asked)
        whole = _whole(rows, asked)
        if whole or not rows:
            return list(_first(whole, limit))
        asked *= 2


def _asked(store: KeyStore, said: str, after: bytes, order: str, rows: int) -> list[Any]:
    mark = "%s" if store.file is None else "?"
    behind = f" WHERE (kind, subject) > ({mark}, {mark})" if after else ""
    with store.reading() as connection:
        given = (after[0], after[1:], rows) if after else (rows,)
        return _fetched(connection, said + behind + order + mark, given)


def _whole(rows: list[Dated], asked: int) -> list[Dated]:
    """Without the last subject, where it may have more versions than were fetched."""
    if len(rows) < asked:
        return rows
    last = rows[-1][:2]
    return [row for row in rows if row[:2] != last]


def _first(rows: list[Dated], limit: int) -> Iterator[Dated]:
    subjects = 0
    before: tuple[int, bytes] | None = None
    for row in rows:
        if row[:2] != before:
            before, subjects = row[:2], subjects + 1
        if subjects > limit:
            return
        yield row


def held(store: KeyStore, connection: Connection, subjects: Iterable[bytes]) -> dict[bytes, list[Held]]:
    """The keys of those of the subjects that have any, as the driver gives them."""
    found: dict[bytes, list[Held]] = defaultdict(list)
    for kind, ids in _batches(subjects):
        for row in _held(store, connection, kind, ids):
            found[KINDS[kind] + row[0]].append(row)
    return found


def _held(store: KeyStore, connection: Connection, kind: int, ids: list[bytes]) -> list[Any]:
    if store.file is None:
        return _fetched(connection, _HELD + "%s AND subject = ANY(%s)", (kind, ids))
    places = ", ".join("?" * len(ids))
    return _fetched(connection, f"{_HELD}? AND subject IN ({places})", (kind, *ids))


def _fetched(connection: Connection, asked: str, given: tuple[Any, ...]) -> list[Any]:
    """Every row, as the driver gives it."""
    with connection.exec_driver_sql(asked, given) as result:
        assert result.cursor is not None
        return list(result.cursor.fetchall())


def wrapped_anew(last: Mapping[bytes, int], epochs: EpochStore) -> list[Added]:
    """A further version for each of the subjects, behind the one named, under the newest epoch."""
    epoch, made = epochs.newest(), int(clock.now().timestamp())
    encrypt, draw, head = epochs.key(epoch).encrypt, os.urandom, data_head(epoch)
    found = []
    for subject, version in sorted(last.items()):
        nonce = draw(NONCE)
        wrapped = nonce + encrypt(nonce, draw(KEY), head + subject + (version + 1).to_bytes(2))
        found.append((subject[0], subject[1:], version + 1, epoch, wrapped, made))
    return found


def add(store: KeyStore, connection: Connection, rows: list[Added]) -> None:
    """Write further versions in the caller's transaction. Raises IntegrityError for one that is there already."""
    if store.file is not None:
        connection.exec_driver_sql(_ADD_ON_FILE, rows)
        return
    alike: dict[tuple[int, int, int, int], list[Added]] = defaultdict(list)
    for row in rows:
        alike[row[0], row[2], row[3], row[5]].append(row)
    for (kind, version, epoch, made), some in alike.items():
        subjects, wrapped = b"".join([row[1] for row in some]), b"".join([row[4] for row in some])
        connection.exec_driver_sql(_ADD_ON_SERVER, (kind, subjects, version, epoch, wrapped, made, len(some)))


class Opener:
    """Opens data keys of one batch: what all keys of an epoch have in common is looked up once."""

    def __init__(self, epochs: EpochStore) -> None:
        self._epochs = epochs
        self._known: dict[int, tuple[Callable[..., bytes], bytes]] = {}

    def __call__(self, subject: bytes, rows: Iterable[Held]) -> dict[int, bytes]:
        """One subject's keys by version. Raises SealError, or KeyStoreError when an epoch is not at hand."""
        keys, known = {}, self._known
        try:
            for _, version, epoch, wrapped in rows:
                if epoch not in known:
                    known[epoch] = self._epochs.key(epoch).decrypt, data_head(epoch)
                if len(wrapped) != WRAPPED:
                    raise SealError
                decrypt, head = known[epoch]
                keys[version] = decrypt(wrapped[:NONCE], wrapped[NONCE:], head + subject + version.to_bytes(2))
        except InvalidTag:
            raise SealError from None
        return keys


def _batches(subjects: Iterable[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """One kind and at most so many ids at a time: databases limit how many a statement takes."""
    kinds: dict[int, list[bytes]] = defaultdict(list)
    for subject in subjects:
        kinds[subject[0]].append(subject[1:])
    for kind, ids in kinds.items():
        left = iter(sorted(ids))
        while batch := list(islice(left, BATCH)):
            yield kind, batch
