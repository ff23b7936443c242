"""Data keys in the open, for a short time and up to a number."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from time import monotonic

from portal.vault.datakeys import DataKeys

# A subject's ciphers take about 2.5 KB, so this is 10 MB at most.
SUBJECTS = 4096
# Well below the hour after which a rotation counts the rows of an old version. A running clock that nobody can set
# back or freeze, unlike the portal's.
SECONDS = 15 * 60


class KeyCache:
    """The least recently used subject leaves first; every entry leaves after a while.

    ``generation`` is the key store's, as last seen. What was read before a change of it is not taken in after it.
    """

    def __init__(self, subjects: int = SUBJECTS, seconds: float = SECONDS) -> None:
        self._subjects, self._seconds = subjects, seconds
        self._held: OrderedDict[bytes, tuple[float, DataKeys]] = OrderedDict()
        self._lock = Lock()
        self.generation = 0

    def __len__(self) -> int:
        return len(self._held)

    def get(self, subject: bytes) -> DataKeys | None:
        """The subject's keys, if they are here."""
        with self._lock:
            found = self._held.get(subject)
            if found is None:
                return None
            until, keys = found
            if until < monotonic():
                del self._held[subject]
                return None
            self._held.move_to_end(subject)
            return keys

    def get_many(self, subjects: Iterable[bytes]) -> dict[bytes, DataKeys]:
        """The keys of those of the subjects that are here."""
        now = monotonic()
        found = {}
        with self._lock:
            for subject in subjects:
                held = self._held.get(subject)
                if held is not None and held[0] >= now:
                    self._held.move_to_end(subject)
                    found[subject] = held[1]
        return found

    def put(self, generation: int, found: Mapping[bytes, DataKeys]) -> None:
        """Take in what was read from the store while it had this generation."""
        until = monotonic() + self._seconds
        with self._lock:
            if generation != self.generation:
                return
            for subject, keys in found.items():
                self._held[subject] = until, keys
                self._held.move_to_end(subject)
            while len(self._held) > self._subjects:
                self._held.popitem(last=False)

    def drop(self, subjects: Iterable[bytes]) -> None:
        """Drop some: the next question reads them again."""
        with self._lock:
            for subject in subjects:
                self._held.pop(subject, None)

    def forget(self, generation: int) -> None:
        """Drop everything: the key store is at another generation."""
        with self._lock:
            self._held.clear()
            self.generation = generation
