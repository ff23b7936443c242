"""Digests of passwords (Argon2id): how costly they are, and how many are worked out at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from flask import current_app

from portal.models.errors import DomainError, N_

ITERATIONS = 2
LANES = 1
# One takes 46 MiB: more at once would be slower for everybody, and a flood of them would take the machine's memory.
AT_ONCE = 2 * len(os.sched_getaffinity(0))
WAITING = 4  # of unknown devices: they leave threads to the pages
PATIENCE_SECONDS = 20


class Busy(DomainError):
    """Too many sign in at this moment; answered 429."""

    message = N_("现在登录的人多，请过几秒再试")


class Room:
    """Places for so many at once, and for so many unknown ones to wait; a known one may always wait."""

    def __init__(self, places: int, waiting: int) -> None:
        self._free = BoundedSemaphore(places)
        self._most_waiting = waiting
        self._waiting = 0
        self._lock = Lock()

    @contextmanager
    def place(self, *, known: bool) -> Iterator[None]:
        """Hold a place. Raises Busy when too many wait for one, or after 20 seconds."""
        if not self._free.acquire(blocking=False):
            self._wait(known)
        try:
            yield
        finally:
            self._free.release()

    def _wait(self, known: bool) -> None:
        with self._lock:
            if not known and self._waiting >= self._most_waiting:
                raise Busy
            self._waiting += 1
        try:
            if not self._free.acquire(timeout=PATIENCE_SECONDS):
                raise Busy
        finally:
            with self._lock:
                self._waiting -= 1


ROOM = Room(AT_ONCE, WAITING)
_absent: dict[int, str] = {}


def hashed(password: str) -> str:
    """A digest that says itself how it was made (PHC). Raises Busy."""
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=ITERATIONS, lanes=LANES, memory_cost=_memory())
    with ROOM.place(known=True):
        return kdf.derive_phc_encoded(password.encode())


def matches(password: str, kept: str, *, known: bool = True) -> bool:
    """Whether the password is the digest's; ``known`` is whether a known device asks. Raises Busy."""
    with ROOM.place(known=known):
        try:
            Argon2id.verify_phc_encoded(password.encode(), kept)
        except InvalidKey:
            return False
        return True


def nobodys() -> str:
    """A digest nobody knows the password of, so that an unknown number costs the same time as a known one."""
    if _memory() not in _absent:
        _absent[_memory()] = hashed(os.urandom(16).hex())
    return _absent[_memory()]


def outdated(kept: str) -> bool:
    """Whether a digest was made at another cost than new ones are."""
    return kept.split("$")[3] != f"m={_memory()},t={ITERATIONS},p={LANES}"


def _memory() -> int:
    cost: int = current_app.config["PASSWORD_MEMORY_KIB"]
    return cost
