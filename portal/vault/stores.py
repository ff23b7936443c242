"""The two stores of wrapped keys: their tables, and how their databases are opened.

They belong to the vault alone: plain tables with a format number of their own, no migrations. The epoch store is never
in one backup with the key store, so that ending an epoch ends what old copies of the key store hold.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    inspect,
)
from sqlalchemy.exc import ArgumentError

from portal.vault import engines
from portal.vault.engines import WRITING, engine_for, file_of
from portal.vault.errors import KeyStoreError
from portal.vault.frozen import FROZEN
from portal.vault.refusals import in_words

FORMAT = 1
AGAIN_SECONDS = 0.01

KEYS = MetaData()
EPOCHS = MetaData()

key_store = Table(
    "vault_key_store",
    KEYS,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("format", Integer, nullable=False),
    Column("installation", LargeBinary(16), nullable=False),
    Column("generation", BigInteger, nullable=False),
)
data_keys = Table(
    "vault_data_key",
    KEYS,
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("subject", LargeBinary(16), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Index("ix_vault_data_key_epoch", "epoch"),
    sqlite_with_rowid=False,
)
secrets = Table(
    "vault_secret",
    KEYS,
    Column("name", String(32), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(8), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)
erased_subjects = Table(
    "vault_erased_subject",
    KEYS,
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("subject", LargeBinary(16), primary_key=True),
    sqlite_with_rowid=False,
)
works = Table(
    "vault_work",
    KEYS,
    Column("name", String(32), primary_key=True),
    Column("began_at", BigInteger, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("cursor", LargeBinary, nullable=False),
    Column("ended_at", BigInteger),
)
# Two columns of every blind index: the one in use, and the one a rotation fills. Which secret and version each holds;
# ``turn`` grows with every rotation, so that the newer of two is known.
index_columns = Table(
    "vault_index_column",
    KEYS,
    Column("slot", SmallInteger, primary_key=True, autoincrement=False),
    Column("secret", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("filled", Boolean, nullable=False),
    Column("turn", Integer, nullable=False),
)
# The last entry of the erasure ledger that was seen here (witness.py): it may be longer, never shorter.
ledger_end = Table(
    "vault_ledger_end",
    KEYS,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)
epoch_store = Table(
    "vault_epoch_store",
    EPOCHS,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("format", Integer, nullable=False),
    Column("installation", LargeBinary(16), nullable=False),
    Column("finished", Boolean, nullable=False),
)
epochs = Table(
    "vault_epoch",
    EPOCHS,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(8), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)


class Store:
    """A database of the vault. ``name`` is what messages call it, ``head`` its table of one row.

    ``file`` is the embedded database's; None on a server.
    """

    def __init__(self, name: str, url: str, head: Table) -> None:
        self.name = name
        self._head = head
        try:
            self.file = file_of(url)
            self.engine = engine_for(url)
        except (ArgumentError, ImportError):
            raise KeyStoreError(f"the address of the {name} cannot be used") from None

    def exists(self) -> bool:
        """Whether the store was made, looking without making or changing a file."""
        if self.file is not None and not (self.file.exists() and self.file.stat().st_size):
            return False
        with self.reading() as connection:
            return inspect(connection).has_table(self._head.name)

    def has(self, table: Table) -> bool:
        """Whether this table is there: a store made by an earlier release may lack one."""
        with self.reading() as connection:
            return inspect(connection).has_table(table.name)

    def make(self, connection: Connection) -> None:
        """Make the tables inside the caller's transaction."""
        self._head.metadata.create_all(connection)

    def complete(self) -> None:
        """Make the tables that a store made by an earlier release lacks; a copy stays as it is."""
        if self.engine.get_execution_options().get(FROZEN):
            return
        with self.reading() as connection:
            there = set(inspect(connection).get_table_names())
        if not there.issuperset(self._head.metadata.tables):
            with self.writing() as connection:
                self.make(connection)

    def prepare_file(self) -> None:
        """Make the embedded database's file, for its owner's eyes only, and the folder it lies in.

        One that is there is not even opened: closing it would let go of the locks of our connections.
        """
        if self.file is not None and not self.file.exists():
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading; every statement sees what was committed before it."""
        with self.engine.connect() as connection:
            if self.file is None:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the embedded database's write lock from its beginning, committed at the end.

        Raises InUse where others hold the store for too long, and KeyStoreError where it cannot be written.
        """
        with in_words(self.name), self.engine.connect() as plain:
            connection = plain.execution_options(**{WRITING: True})
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()

    def overwrite(self) -> None:
        """Empty the embedded database's write-ahead log, where deleted bytes would live on.

        Raises KeyStoreError when readers hold it; what was deleted stays deleted, and a repetition finishes.
        """
        if self.file is None:
            return
        until = monotonic() + engines.BUSY_SECONDS
        with in_words(self.name), self.engine.connect() as connection:
            cursor = connection.connection.cursor()
            # SQLite waits for readers and writers, but says busy at once where another is emptying the log.
            while cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if monotonic() >= until:
                    raise KeyStoreError(f"the log of the {self.name} is in use and could not be emptied; try again")
                sleep(AGAIN_SECONDS)
