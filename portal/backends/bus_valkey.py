"""The bus across processes, over the publish and subscribe of Valkey or Redis (needs the extra ``scale``)."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from portal.backends.bus import Bus, Callback, LocalBus, checked
from portal.config import SettingsError

if TYPE_CHECKING:
    from redis.client import PubSub

_log = logging.getLogger(__name__)
_CHANNEL: Final = "anju:signals"
_LONGEST_PAUSE: Final = 5.0


def bus_for(url: str) -> Bus:
    """The bus within this process for an empty url, else the one through the server at ``redis://`` or ``rediss://``.

    ``valkey://`` is the same server under its other name. Raises SettingsError.
    """
    if not url:
        return LocalBus()
    scheme, _, rest = url.partition("://")
    known = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss"}.get(scheme)
    if known is None or not rest:
        raise SettingsError("PORTAL_BUS_URL is empty (one process) or redis://host:port/number of a Valkey or Redis")
    if find_spec("redis") is None:
        raise SettingsError("PORTAL_BUS_URL needs the package redis: install the extra 'scale'")
    return ValkeyBus(f"{known}://{rest}")


class ValkeyBus:
    """Listeners of this process hear a signal at once; those of the others through the server at ``url``.

    While the server is away, signals stay within the process and nothing raises. One connection listens from the
    first subscription on, in a daemon thread; make the bus after a fork, not before.
    """

    def __init__(self, url: str) -> None:
        import redis  # a one-process installation does without the package
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._failures = (redis.RedisError, OSError)
        self._server = redis.Redis.from_url(
            url, socket_connect_timeout=1, socket_timeout=1, health_check_interval=15, retry=Retry(NoBackoff(), 1)
        )
        self._local = LocalBus()
        self._origin = os.urandom(8).hex()
        self._starting = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def publish(self, topic: str, version: int) -> None:
        """See Bus. Waits for the server, at most two seconds when it has just gone away."""
        self._local.publish(topic, version)
        try:
            self._server.publish(_CHANNEL, f"{self._origin} {version} {topic}")
        except self._failures as error:
            _log.warning("a signal did not leave this process: %s", type(error).__name__)

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """See Bus."""
        unsubscribe = self._local.subscribe(callback)
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="portal-bus", daemon=True)
                self._thread.start()
        return unsubscribe

    def close(self) -> None:
        """End the listening thread and the connections."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._server.close()

    def _listen(self) -> None:
        pause = 0.1
        while not self._stopping.is_set():
            try:
                with self._server.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
                    channel.subscribe(_CHANNEL)
                    pause = 0.1
                    self._receive(channel)
            except self._failures as error:
                _log.warning("the bus lost its server: %s", type(error).__name__)
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _receive(self, channel: PubSub) -> None:
        while not self._stopping.is_set():
            message = channel.get_message(timeout=0.2)
            if message is not None and message["type"] == "message":
                self._take(message["data"])

    def _take(self, data: bytes) -> None:
        """Deliver another process's signal; what is no signal is dropped, for anyone may write to the channel."""
        try:
            origin, version, topic = data.decode("ascii").split(" ")
            signal = checked(topic, int(version)), int(version)
        except ValueError:
            return
        if origin != self._origin:
            self._local.deliver(*signal)
