"""Signals across processes, over a real Valkey."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from portal.backends.bus import LocalBus
from portal.backends.bus_valkey import ValkeyBus, bus_for
from portal.config import SettingsError
from portal.models.base import db
from tests.stage.building import close, opened
from tests.stage.cast import Cast

TOPIC = "ticket:0190f0a0:owner"
NOBODY = "redis://127.0.0.1:1/0"


class Listener:
    """A bus with one subscriber."""

    def __init__(self, url: str) -> None:
        self.bus = ValkeyBus(url)
        self.heard: queue.Queue[tuple[str, int]] = queue.Queue()
        self.leave = self.bus.subscribe(lambda *signal: self.heard.put(signal))

    def next(self, seconds: float = 5) -> tuple[str, int]:
        return self.heard.get(timeout=seconds)

    def silent(self, seconds: float = 0.2) -> bool:
        try:
            self.next(seconds)
        except queue.Empty:
            return True
        return False


def listeners(server: Redis) -> int:
    """How many connections listen on the server."""
    answer: Any = server.pubsub_numsub("anju:signals")
    return int(dict(answer)[b"anju:signals"])


def listening(url: str, count: int) -> Redis:
    """Wait until ``count`` connections listen on the server."""
    server: Redis = Redis.from_url(url)
    for _ in range(500):
        if listeners(server) >= count:
            return server
        time.sleep(0.01)
    raise AssertionError("nobody listens")


@pytest.fixture
def two(valkey_url: str) -> Iterator[tuple[Listener, Listener]]:
    """Two buses as two processes would have them, both listening."""
    pair = Listener(valkey_url), Listener(valkey_url)
    listening(valkey_url, 2)
    yield pair
    for one in pair:
        one.bus.close()


def test_works(two: tuple[Listener, Listener]) -> None:
    here, there = two
    here.bus.publish(TOPIC, 7)
    assert there.next() == (TOPIC, 7)
    assert here.next() == (TOPIC, 7)
    assert here.silent(), "a process must not hear its own signal a second time"
    assert there.silent(0)


def test_an_ended_subscription_is_silent(two: tuple[Listener, Listener]) -> None:
    here, there = two
    there.leave()
    here.bus.publish(TOPIC, 1)
    assert there.silent()


def test_what_is_no_signal_is_dropped(two: tuple[Listener, Listener], valkey_url: str) -> None:
    here, there = two
    stranger = Redis.from_url(valkey_url)
    for said in ("", "x", "a b c d", "o 1 two\nlines", "o -1 topic", "o x topic", "o 1 林", b"\xff 1 a"):
        stranger.publish("anju:signals", said)
    here.bus.publish(TOPIC, 2)
    assert there.next() == (TOPIC, 2)


def test_only_the_name_and_the_version_travel(two: tuple[Listener, Listener], valkey_url: str) -> None:
    spy = Redis.from_url(valkey_url).pubsub(ignore_subscribe_messages=True)
    spy.subscribe("anju:signals")
    spy.get_message(timeout=1)
    two[0].bus.publish(TOPIC, 12)
    message = next(found for _ in range(50) if (found := spy.get_message(timeout=0.1)))
    origin, *rest = message["data"].decode().split(" ")
    assert (len(origin), rest) == (16, ["12", TOPIC])
    spy.close()


def test_listens_again_after_a_broken_connection(two: tuple[Listener, Listener], valkey_url: str) -> None:
    here, there = two
    server = listening(valkey_url, 2)
    server.client_kill_filter(_type="pubsub")
    listening(valkey_url, 2)
    here.bus.publish(TOPIC, 9)
    assert there.next() == (TOPIC, 9)


def test_without_its_server_the_process_still_hears_itself(caplog: pytest.LogCaptureFixture) -> None:
    listener = Listener(NOBODY)
    begun = time.perf_counter()
    listener.bus.publish(TOPIC, 1)
    assert time.perf_counter() - begun < 3
    assert listener.next() == (TOPIC, 1)
    assert "did not leave this process" in caplog.text
    listener.bus.close()


def test_closing_ends_the_thread(valkey_url: str) -> None:
    listener = Listener(valkey_url)
    server = listening(valkey_url, 1)
    listener.bus.close()
    assert listeners(server) == 0


def test_refuses_what_the_local_bus_refuses(valkey_url: str) -> None:
    with pytest.raises(ValueError):
        ValkeyBus(valkey_url).publish("两 个 字", 1)


@pytest.mark.parametrize("url", ["memcached://host", "redis://", "10.0.0.1:6379"])
def test_a_wrong_address_is_one_clear_line(url: str):
    with pytest.raises(SettingsError, match="PORTAL_BUS_URL is empty"):
        bus_for(url)


def test_without_an_address_the_process_talks_to_itself():
    assert isinstance(bus_for(""), LocalBus)


def test_a_step_in_one_process_is_heard_in_the_other(installation, valkey_url: str):
    """Two applications of one installation, as two processes would have them."""
    writer, reader = (opened(installation, PORTAL_BUS_URL=valkey_url) for _ in range(2))
    heard: queue.Queue[tuple[str, int]] = queue.Queue()
    leave = reader.extensions["portal.bus"].subscribe(lambda *signal: heard.put(signal))
    listening(valkey_url, 1)
    cast = Cast(writer)
    with cast.at_work():
        ticket = cast.ticket("acknowledged")
        db.session.commit()
        expected = {(f"ticket:{ticket.id.hex}:owner", ticket.owner_version)}
    found = {heard.get(timeout=5) for _ in range(4)}
    assert expected <= found
    leave()
    for app in (writer, reader):
        app.extensions["portal.bus"].close()
        close(app)
