"""The key store: data keys under epochs, secrets under the root, and who was erased. Wrapped bytes only.

A subject is given as its 17 bytes, kind(1) | id(16).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Table, bindparam, delete, insert, select, update

from portal import clock
from portal.vault.errors import KeyStoreError
from portal.vault.stores import FORMAT, Store, data_keys, erased_subjects, index_columns, key_store, secrets

BATCH = 500

_generation = select(key_store.c.generation)
_LOOK = str(_generation)
_KEYS = "SELECT subject, version, epoch, wrapped FROM vault_data_key WHERE kind = {0} AND subject IN ({1})"
_erased = select(erased_subjects.c.kind, erased_subjects.c.subject).where(
    erased_subjects.c.kind == bindparam("kind"), erased_subjects.c.subject.in_(bindparam("ids", expanding=True))
)


class WrappedKey(NamedTuple):
    """One version of a subject's data key as it lies in the store."""

    subject: bytes
    version: int
    epoch: int
    wrapped: bytes


class WrappedSecret(NamedTuple):
    """One version of a secret as it lies in the store."""

    name: str
    version: int
    root: bytes
    wrapped: bytes


class KeyStore(Store):
    """The key store. Its generation number grows whenever something cached elsewhere may be wrong."""

    def __init__(self, url: str) -> None:
        super().__init__("key store", url, key_store)

    def create(self, installation: UUID, wrapped: Iterable[WrappedSecret], index: str = "index") -> None:
        """Make the store with its first secrets, in one transaction; ``index`` is the secret of the first column."""
        self.prepare_file()
        with self.writing() as connection:
            self.make(connection)
            connection.execute(
                insert(key_store).values(one=1, format=FORMAT, installation=installation.bytes, generation=1)
            )
            connection.execute(insert(secrets), [self.secret_row(secret) for secret in wrapped])
            connection.execute(insert(index_columns).values(slot=0, secret=index, version=1, filled=True, turn=1))

    def head(self) -> tuple[int, UUID]:
        """Format number and installation. Raises KeyStoreError when there is no such row."""
        with self.reading() as connection:
            row = connection.execute(select(key_store.c.format, key_store.c.installation)).one_or_none()
        if row is None:
            raise KeyStoreError("the key store is half written; restore it from its copy")
        return row.format, UUID(bytes=bytes(row.installation))

    def generation(self) -> int:
        """The present generation. Asked once a request, so it goes to the driver itself: a sixth of the time."""
        with closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute(_LOOK)
            row = cursor.fetchone()
        if row is None:
            raise KeyStoreError("the key store is half written; restore it from its copy")
        return int(row[0])

    def locked_generation(self, connection: Connection) -> int:
        """The generation, held still until the caller's transaction ends: erasures wait for it, and it for them."""
        found: int = connection.execute(_generation.with_for_update(read=True)).scalar_one()
        return found

    def raise_generation(self, connection: Connection) -> None:
        """Let every process forget what it holds at its next look. Waits for whoever holds the generation still."""
        connection.execute(update(key_store).values(generation=key_store.c.generation + 1))

    def wait_in_line(self, connection: Connection) -> None:
        """From here to the end of the caller's transaction nobody else changes what this is asked before."""
        connection.execute(_generation.with_for_update())

    def announce(self) -> None:
        """Raise the generation in a transaction of its own."""
        with self.writing() as connection:
            self.raise_generation(connection)

    def secret_row(self, secret: WrappedSecret) -> dict[str, object]:
        """A new secret as its table takes it."""
        return secret._asdict() | {"made_at": int(clock.now().timestamp())}

    def secrets(self) -> list[WrappedSecret]:
        """Every version of every secret."""
        columns = (secrets.c.name, secrets.c.version, secrets.c.root, secrets.c.wrapped)
        with self.reading() as connection:
            found = connection.execute(select(*columns)).all()
        return [WrappedSecret(row.name, row.version, bytes(row.root), bytes(row.wrapped)) for row in found]

    def replace_secret(self, before: WrappedSecret, after: WrappedSecret) -> None:
        """Exchange what one version of a secret is wrapped as, unless somebody changed it meanwhile."""
        table = secrets.c
        same = table.name == before.name, table.version == before.version, table.wrapped == before.wrapped
        with self.writing() as connection:
            connection.execute(update(secrets).where(*same).values(root=after.root, wrapped=after.wrapped))

    def keys(self, connection: Connection, subjects: Iterable[bytes]) -> dict[bytes, list[WrappedKey]]:
        """The wrapped keys of those of the subjects that have any."""
        found: dict[bytes, list[WrappedKey]] = defaultdict(list)
        mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        for batch in _batches(subjects):
            kind, ids = batch["kind"], batch["ids"]
            # Every list whose keys are cold waits for this, so it goes to the driver itself: half the time.
            rows = connection.exec_driver_sql(_keys_of(len(ids), mark), (kind, *ids)).all()
            first = bytes((kind,))
            for subject, version, epoch, wrapped in rows:
                packed = first + subject
                found[packed].append(WrappedKey(packed, version, epoch, wrapped))
        return found

    def erased(self, connection: Connection, subjects: Iterable[bytes]) -> set[bytes]:
        """Those of the subjects that were erased."""
        return {
            _packed(row.kind, row.subject) for batch in _batches(subjects) for row in connection.execute(_erased, batch)
        }

    def erased_of(self, kind: int) -> set[bytes]:
        """The ids, 16 bytes each, of all subjects of a kind that were erased."""
        found = select(erased_subjects.c.subject).where(erased_subjects.c.kind == kind)
        with self.reading() as connection:
            return {bytes(subject) for subject in connection.scalars(found)}

    def add(self, connection: Connection, wrapped: Iterable[WrappedKey]) -> None:
        """Write new keys in the caller's transaction; a version that is there already is an IntegrityError."""
        made = int(clock.now().timestamp())
        rows = [
            _names(key.subject) | {"version": key.version, "epoch": key.epoch, "wrapped": key.wrapped, "made_at": made}
            for key in wrapped
        ]
        if rows:
            connection.execute(insert(data_keys), rows)

    def delete(self, connection: Connection, rows: Iterable[WrappedKey]) -> None:
        """Delete single versions in the caller's transaction."""
        for row in rows:
            named = _names(row.subject) | {"version": row.version}
            connection.execute(delete(data_keys).where(*_matching(data_keys, named)))

    def erase(self, subject: bytes) -> None:
        """Destroy every version of a subject's key and leave the row that says so; once more does no harm.

        Raising the generation comes first: it waits for whoever is just giving this subject a key.
        """
        named = _names(subject)
        with self.writing() as connection:
            self.raise_generation(connection)
            connection.execute(delete(data_keys).where(*_matching(data_keys, named)))
            if not self.erased(connection, [subject]):
                connection.execute(insert(erased_subjects).values(**named))
        self.overwrite()

    def sample(self) -> list[WrappedKey]:
        """One key of every epoch that is named by a key."""
        one = select(data_keys).limit(1)
        with self.reading() as connection:
            numbers = connection.scalars(select(data_keys.c.epoch).distinct()).all()
            rows = [connection.execute(one.filter_by(epoch=number)).first() for number in numbers]
        return [_wrapped_key(row) for row in rows if row is not None]  # an erasure may have been quicker


@lru_cache(maxsize=BATCH)
def _keys_of(count: int, mark: str) -> str:
    """The statement that asks for the keys of so many subjects, with the driver's mark for a parameter."""
    return _KEYS.format(mark, ",".join([mark] * count))


def _packed(kind: int, subject: bytes) -> bytes:
    return bytes((kind,)) + bytes(subject)


def _wrapped_key(row: Row[Any]) -> WrappedKey:
    return WrappedKey(_packed(row.kind, row.subject), row.version, row.epoch, bytes(row.wrapped))


def _names(subject: bytes) -> dict[str, object]:
    return {"kind": subject[0], "subject": subject[1:]}


def _matching(table: Table, named: Mapping[str, object]) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in named.items()]


def _batches(subjects: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Parameters for one kind and at most ``BATCH`` ids at a time: databases limit how many a statement takes."""
    kinds: dict[int, list[bytes]] = defaultdict(list)
    for subject in subjects:
        kinds[subject[0]].append(subject[1:])
    for kind, ids in kinds.items():
        left = iter(ids)
        while batch := list(islice(left, BATCH)):
            yield {"kind": kind, "ids": batch}
