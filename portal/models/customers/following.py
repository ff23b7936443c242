"""Keeps this process's index of names true: built at the first search, and brought up to date before every other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from flask import current_app
from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import SQLAlchemyError

from portal.extensions import reading
from portal.models.accounts import CONTACTS, Person
from portal.models.base import columns, db
from portal.models.customers.names import NameIndex
from portal.models.signals import Topic
from portal.vault import KeyRing, SubjectKind, VaultError, ring
from portal.vault.normalise import phone as normalise_phone

BATCH = 2000

_person, _topic = columns(Person), columns(Topic)
_CONTACTS = select(
    _person.id, _person.subject_kind, _person.subject_id, _person.contact_sealed, _person.contact_change
).execution_options(yield_per=BATCH)
_EVERYBODY = _CONTACTS.where(_person.contact_sealed.is_not(None))
_NUMBER = select(_topic.version).where(_topic.name == CONTACTS)
_creating = Lock()
Contact = Row[Any, Any, Any, Any, Any]


class FollowedNames:
    """The index of one process and what it has seen of the database. Shared by its threads; names never leave it."""

    def __init__(self, keyring: KeyRing) -> None:
        self._ring = keyring
        self._index: NameIndex | None = None
        self._seen = 0
        self._following = Lock()  # one builds or catches up at a time; taken before the other
        self._lock = Lock()  # the index itself, for as long as a search or a batch takes
        keyring.on_change(self._drop_erased)

    def __repr__(self) -> str:
        return f"<FollowedNames of {len(self)}>"

    def __len__(self) -> int:
        return len(self._index) if self._index is not None else 0

    def __reduce__(self) -> str:
        raise TypeError("names do not leave the process")

    @property
    def is_partial(self) -> bool:
        """Whether there are more people than the index has room for."""
        return self._index is not None and self._index.is_full

    def find(self, text: str) -> list[bytes]:
        """The ids of those whose names may be meant, of all developments, the best first."""
        self._follow()
        with self._lock:
            return self._index.find(text) if self._index is not None else []

    def ending(self, digits: str) -> list[bytes]:
        """The ids of those whose phones end in these four digits, of all developments."""
        self._follow()
        with self._lock:
            return self._index.ending(digits) if self._index is not None else []

    def _follow(self) -> None:
        """Take in what was committed since the last time; at the first, everything."""
        with self._following, _reader() as connection:
            if self._index is None:
                self._build(connection)
                return
            last = self._seen
            for rows in connection.execute(_CONTACTS.where(_person.contact_change > self._seen)).partitions():
                self._take(rows)
                last = max(last, *(row.contact_change for row in rows))
            self._seen = last

    def _build(self, connection: Connection) -> None:
        self._seen = connection.scalar(_NUMBER) or 0  # first: what changes meanwhile is taken in twice
        self._index = NameIndex()
        try:
            for rows in connection.execute(_EVERYBODY).partitions():
                self._take(rows)
        except BaseException:
            self._index = None
            raise

    def _take(self, rows: Sequence[Contact]) -> None:
        """Open a batch and take it in, again if a key was destroyed in between: no erased name may come back."""
        while True:
            generation = self._ring.generation
            opened = self._open(rows)
            with self._lock:
                if self._ring.generation == generation:
                    for row in rows:
                        self._put(row.id.bytes, opened.get(row.id.bytes))
                    return

    def _open(self, rows: Sequence[Contact]) -> dict[bytes, dict[str, str]]:
        """What each row says, by its id; nothing of a row that is null or does not open."""
        sealed = [
            (row.id.bytes, bytes((row.subject_kind,)) + _bytes(row.subject_id), row.contact_sealed)
            for row in rows
            if row.contact_sealed is not None and row.subject_kind is not None and row.subject_id is not None
        ]
        opened = self._ring.open_many(Person.contact.label, sealed)
        return {row[0]: values for row, values in zip(sealed, opened, strict=True) if values is not None}

    def _put(self, person: bytes, values: dict[str, str] | None) -> None:
        if self._index is None:
            return
        name, phone = (values or {}).get("name", ""), normalise_phone((values or {}).get("phone", ""))
        if name or phone:
            self._index.put(person, name, phone.decode() if phone else "")
        else:
            self._index.drop(person)

    def _drop_erased(self) -> None:
        """The key store changed: whoever was erased leaves at once; if it cannot be asked who that is, everybody does.

        It asks the store one question, and only where there are names to lose.
        """
        if self._index is None:
            return
        try:
            erased = self._ring.erased_of(SubjectKind.PERSON)
        except (VaultError, SQLAlchemyError):
            self._index = None
            return
        with self._lock:
            for person in erased if self._index is not None else ():
                self._index.drop(person)


def names() -> FollowedNames:
    """The names of the application that is serving."""
    keyring, kept = ring(), current_app.extensions
    with _creating:
        if "portal.names" not in kept:
            kept["portal.names"] = FollowedNames(keyring)
        found: FollowedNames = kept["portal.names"]
    return found


@contextmanager
def _reader() -> Iterator[Connection]:
    """A connection of its own: building takes seconds, and the caller's transaction may hold the write lock."""
    with reading(), db.engine.connect() as connection:
        yield connection


def _bytes(value: Any) -> bytes:
    found: bytes = getattr(value, "bytes", value)
    return found
