"""What rotating needs of the key ring: versions of data keys, columns of indexes, and word of changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from portal.vault import rolling, rotating_root
from portal.vault.epochs import EpochStore
from portal.vault.index_columns import IndexColumns, Slot, secret_for
from portal.vault.installation_secrets import Secrets
from portal.vault.keys_by_subject import KINDS, Newest, count_subjects, next_newest, next_versions
from portal.vault.keystore import KeyStore
from portal.vault.roots import Roots
from portal.vault.standing import Standing, standing
from portal.vault.subjectkeys import SubjectKeys
from portal.vault.work import Told, Works


class SubjectVersions(NamedTuple):
    """A subject, kind(1) | id(16), and its living versions in order: version to the second (UTC) it was made."""

    subject: bytes
    versions: dict[int, int]


class Rotations:
    """The part of the key ring that long work uses; what changes keys belongs inside ``works.alone``."""

    works: Works
    _roots: Roots
    _epochs: EpochStore
    _secrets: Secrets
    _keys: KeyStore
    _subjects: SubjectKeys
    _columns: IndexColumns
    _heard: list[Callable[[], None]]
    algorithm: int

    def on_change(self, heard: Callable[[], None]) -> None:
        """Call this whenever the key store's generation was seen to change: after an erasure, here or elsewhere.

        It runs in the midst of a request, perhaps twice at once: it is quick, asks no store, and raises nothing.
        """
        self._heard.append(heard)

    def standing(self) -> Standing:
        """How the keys stand, in numbers."""
        return standing(self._roots, self._keys, self._epochs, self._secrets, self._columns, self.works, self.algorithm)

    def announce(self) -> None:
        """Let every process look again at its next request: none seals under an older version after that."""
        self._keys.announce()
        self._subjects.refresh()

    def roll_epoch(self, told: Told | None = None) -> int:
        """Begin a new epoch and wrap every data key under it, or go on with what was begun; its number.

        Raises Busy, and KeyStoreError where a store cannot be used: the next call goes on.
        """
        with self.works.alone(rolling.NAME, told) as progress:
            return rolling.roll(self._keys, self._epochs, progress, self._subjects.refresh)

    def roll_is_overdue(self) -> bool:
        """Whether the newest epoch is 30 days old, or a roll was begun and not ended."""
        return self.works.unfinished(rolling.NAME) is not None or rolling.overdue(self._epochs)

    def rotate_root(self, told: Told | None = None) -> str:
        """Wrap every epoch and secret under the next root, or go on with what was begun.

        Returns what is left to the operator, one line. Raises Busy, and KeyStoreError with one line.
        """
        rotating_root.look(self._roots)
        with self.works.alone(rotating_root.NAME, told) as progress:
            said = rotating_root.rotate(self._roots, self._keys, self._epochs, self._secrets, progress)
        self._subjects.refresh()
        return said

    def subjects(self, after: bytes = b"", limit: int = 1000) -> list[SubjectVersions]:
        """The next subjects that have a key, in the order of their 17 bytes, beginning behind ``after``."""
        found: dict[bytes, dict[int, int]] = defaultdict(dict)
        for kind, subject, version, made_at in next_versions(self._keys, after, limit):
            found[KINDS[kind] + subject][version] = made_at
        return [SubjectVersions(subject, versions) for subject, versions in found.items()]

    def subject_count(self) -> int:
        """How many subjects have a key."""
        return count_subjects(self._keys)

    def newest_versions(self, after: bytes, limit: int, before: int) -> tuple[bytes, int, Newest]:
        """Of the next subjects behind ``after`` those with no version made after ``before`` (UTC seconds).

        The last of all these subjects, how many they are, and what ``add_version`` takes; an empty name at the end.
        """
        return next_newest(self._keys, after, limit, before)

    def add_version(self, subjects: Iterable[bytes]) -> None:
        """One more version for each of the subjects that has a key, in one transaction: some hundreds at a time.

        No generation is raised: a process that knows the old version seals under it for at most 15 minutes (cache.py),
        or until ``announce``, and opens what names the new one after one look into the store.
        """
        self._subjects.add_version(subjects)

    def drop_versions(self, newest: Mapping[bytes, int]) -> None:
        """Delete the versions below the one named for each subject, in one transaction, and empty the store's log.

        A subject's highest version is never deleted, whatever is named. Every process hears of it.
        """
        self._subjects.drop_versions(newest)

    def index_slots(self) -> dict[int, Slot]:
        """The columns of every blind index in use, by number (0 or 1): one, or two while a rotation runs.

        Whoever writes a row fills these and sets the other to null: then a process that has not heard of a rotation
        yet leaves a gap that is seen, never an index of an older value.
        """
        return dict(self._columns.slots())

    @property
    def searched_slot(self) -> int:
        """The number of the column that lookups use."""
        return self._columns.searched()

    @property
    def index_is_wanted(self) -> bool:
        """Whether the searched column's secret is another one than the setting names."""
        return self._columns.slots()[self._columns.searched()].secret != secret_for(self.algorithm)

    def begin_index_rotation(self) -> int:
        """Take the free column into use with a new secret, the one the setting names; the number of the new column.

        A rotation that was begun already goes on. Raises Busy when another process is at it.
        """
        return self._columns.begin(secret_for(self.algorithm))

    def index_filled(self) -> None:
        """Say that no row lacks the new column: from now on lookups use it."""
        self._columns.fill()

    def end_index_rotation(self) -> None:
        """Take the old column out of use and delete its secret; the rows' values in it are set to null afterwards.

        Raises KeyStoreError before ``index_filled``.
        """
        self._columns.end()
