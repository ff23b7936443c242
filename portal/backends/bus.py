"""Telling open screens *that* a topic changed: a name and a version, never what changed.

A signal may be lost (a screen asks again on its own after a while) and may arrive twice or late (the reader compares
versions). The truth is the row in the database; the bus only shortens the wait.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from typing import Final, Protocol

Callback = Callable[[str, int], None]

_log = logging.getLogger(__name__)
_TOPIC: Final = re.compile(r"[A-Za-z0-9:._-]{1,80}")


class Bus(Protocol):
    """Publishes signals to whoever has subscribed."""

    def publish(self, topic: str, version: int) -> None:
        """Say that ``topic`` is now at ``version`` (>= 0); costs microseconds and never fails for a listener's fault.

        A topic is 1 to 80 of ``A-Z a-z 0-9 : . _ -``; anything else raises ValueError, so that no words slip in.
        """

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Call ``callback(topic, version)`` for every signal until the returned function is called.

        Callbacks run in the publisher's thread or the bus's own and must return at once. One that is running while it
        is unsubscribed may finish.
        """


class LocalBus:
    """The bus within one process."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._listeners: tuple[_Listener, ...] = ()  # replaced, never changed: publishing takes no lock

    def publish(self, topic: str, version: int) -> None:
        """See Bus."""
        self.deliver(checked(topic, version), version)

    def deliver(self, topic: str, version: int) -> None:
        """Call every listener; what one raises is logged by type and stops none of the others."""
        for listener in self._listeners:
            try:
                listener.callback(topic, version)
            except Exception as error:  # noqa: BLE001 - a listener's fault must not reach the writer who has committed
                _log.error("a listener of the bus failed: %s", type(error).__name__)

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """See Bus."""
        listener = _Listener(callback)
        with self._changing:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._changing:
                self._listeners = tuple(other for other in self._listeners if other is not listener)

        return unsubscribe


class _Listener:
    """One subscription: the same callback may be subscribed twice, and each ends on its own."""

    __slots__ = ("callback",)

    def __init__(self, callback: Callback) -> None:
        self.callback = callback


def checked(topic: str, version: int) -> str:
    """The topic, if it and the version may go over a bus; raises ValueError otherwise."""
    if version < 0 or not _TOPIC.fullmatch(topic):
        raise ValueError("a signal is a topic of letters, digits and : . _ - with a version of at least 0")
    return topic
