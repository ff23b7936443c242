"""The stream of signals: `{topic, version}` and nothing else, for as long as somebody looks at the page.

A page compares each version with what it shows and fetches its piece through the ordinary guard, so a signal that is
lost or doubled does no harm: on every connection the present versions come first.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from flask import Flask

from portal import clock, extensions
from portal.models.base import db
from portal.models.signals import bus
from portal.web import live
from portal.web.signing_in import cookie_name

HEARTBEAT_SECONDS = 15.0
LONGEST_SECONDS = 600.0
MOST_STREAMS = 6
MOST_WAITING = 100

# An event, not a comment: scripts do not hear comments, and theirs is the watchdog.
BEAT = b"event: beat\ndata: 1\n\n"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Hub:
    """Hands the bus's signals to the open streams of one process."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._streams: dict[str, set[asyncio.Queue[bytes | None]]] = defaultdict(set)
        self._of_session: Counter[UUID] = Counter()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Listen to the bus; called inside the running loop, once."""
        self._loop = asyncio.get_running_loop()
        with self.app.app_context():
            bus().subscribe(self._heard)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection to /live: 401 for nobody, 403 without a topic, 429 for the seventh stream, else the stream."""
        admitted = await asyncio.to_thread(self._admit, scope)
        if admitted is None:
            await _refuse(send, 401)
        elif not admitted[1]:
            await _refuse(send, 403)
        elif self._of_session[admitted[0]] >= MOST_STREAMS:
            await _refuse(send, 429)
        else:
            await self._stream(*admitted, receive, send)

    def _admit(self, scope: Scope) -> tuple[UUID, dict[str, int], datetime | None] | None:
        headers = dict(scope["headers"])
        signed = parse_qs(scope["query_string"].decode("ascii", "replace")).get("t", [""])[0]
        with self.app.app_context():
            extensions.begin_reading()
            cookie = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get(cookie_name())
            try:
                return live.admitted(signed, cookie.value if cookie else None)
            finally:
                db.session.remove()

    async def _stream(
        self, session: UUID, versions: dict[str, int], until: datetime | None, receive: Receive, send: Send
    ) -> None:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING)
        topics = [*versions, f"session:{session.hex}"]
        self._of_session[session] += 1
        for topic in topics:
            self._streams[topic].add(queue)
        for topic, version in versions.items():
            queue.put_nowait(_line(topic, version))
        gone = asyncio.create_task(_gone(receive, queue))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await _pump(queue, send, _lasts(until))
        finally:
            gone.cancel()
            self._of_session[session] -= 1
            for topic in topics:
                self._streams[topic].discard(queue)
                if not self._streams[topic]:
                    del self._streams[topic]

    def _heard(self, topic: str, version: int) -> None:
        """A signal of the bus, in whatever thread committed."""
        if self._loop is not None and topic in self._streams:
            self._loop.call_soon_threadsafe(self._hand_on, topic, version)

    def _hand_on(self, topic: str, version: int) -> None:
        ends = topic.startswith("session:")
        for queue in tuple(self._streams.get(topic, ())):
            try:
                queue.put_nowait(None if ends else _line(topic, version))
            except asyncio.QueueFull:  # a reader this slow asks again when it is awake: versions come first then
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(None)


def _line(topic: str, version: int) -> bytes:
    return b"data: " + json.dumps({"topic": topic, "version": version}, separators=(",", ":")).encode() + b"\n\n"


async def _gone(receive: Receive, queue: asyncio.Queue[bytes | None]) -> None:
    """End the stream when the browser has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
    while queue.full():
        queue.get_nowait()
    queue.put_nowait(None)


def _lasts(until: datetime | None) -> float:
    """How many seconds a stream lasts: ten minutes at most, and not beyond the role it was let in by."""
    left = (until - clock.now()).total_seconds() if until is not None else LONGEST_SECONDS
    return min(LONGEST_SECONDS, max(left, 0.0))


async def _pump(queue: asyncio.Queue[bytes | None], send: Send, lasts: float = LONGEST_SECONDS) -> None:
    """Signals as they come and a heartbeat between them, for so many seconds; then the browser connects anew."""
    loop = asyncio.get_running_loop()
    end = loop.time() + lasts
    while (left := end - loop.time()) > 0:
        try:
            line = await asyncio.wait_for(queue.get(), min(HEARTBEAT_SECONDS, left))
        except TimeoutError:
            line = BEAT
        if line is None:
            break
        await send({"type": "http.response.body", "body": line, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
