"""Signals within one process."""

from __future__ import annotations

import threading
import time

import pytest

from portal.backends.bus import LocalBus

TOPIC = "ticket:0190f0a0:owner"
Signals = list[tuple[str, int]]


def test_works() -> None:
    bus, heard = LocalBus(), Signals()
    bus.publish(TOPIC, 1)
    bus.subscribe(lambda *signal: heard.append(signal))
    bus.publish(TOPIC, 2)
    bus.publish("bell", 0)
    assert heard == [(TOPIC, 2), ("bell", 0)]


def test_each_subscription_ends_on_its_own() -> None:
    bus, heard = LocalBus(), Signals()

    def hear(topic: str, version: int) -> None:
        heard.append((topic, version))

    first, second = bus.subscribe(hear), bus.subscribe(hear)
    first()
    first()
    bus.publish(TOPIC, 1)
    assert heard == [(TOPIC, 1)]
    second()
    bus.publish(TOPIC, 2)
    assert heard == [(TOPIC, 1)]


def test_a_listener_that_fails_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = LocalBus(), Signals()

    def fail(topic: str, version: int) -> None:
        raise RuntimeError("林晓雯 13800138000")

    bus.subscribe(fail)
    bus.subscribe(lambda *signal: heard.append(signal))
    bus.publish(TOPIC, 1)
    assert heard == [(TOPIC, 1)]
    assert "RuntimeError" in caplog.text
    assert "林晓雯" not in caplog.text


def test_a_listener_may_subscribe_and_leave_while_it_hears() -> None:
    bus, heard = LocalBus(), Signals()

    def once(topic: str, version: int) -> None:
        leave()
        bus.subscribe(lambda *signal: heard.append(signal))

    leave = bus.subscribe(once)
    bus.publish(TOPIC, 1)
    bus.publish(TOPIC, 2)
    assert heard == [(TOPIC, 2)]


@pytest.mark.parametrize(
    ("topic", "version"), [("", 1), ("林晓雯", 1), ("two words", 1), ("a" * 81, 1), ("line\n", 1), (TOPIC, -1)]
)
def test_only_names_and_versions_pass(topic: str, version: int) -> None:
    bus, heard = LocalBus(), Signals()
    bus.subscribe(lambda *signal: heard.append(signal))
    with pytest.raises(ValueError):
        bus.publish(topic, version)
    assert heard == []


def test_threads_lose_nothing() -> None:
    bus, heard, lock = LocalBus(), [0], threading.Lock()

    def count(topic: str, version: int) -> None:
        with lock:
            heard[0] += 1

    def publish() -> None:
        for version in range(500):
            bus.publish(TOPIC, version)

    def come_and_go() -> None:
        for _ in range(500):
            bus.subscribe(lambda *_: None)()

    bus.subscribe(count)
    threads = [threading.Thread(target=work) for work in (publish, publish, publish, come_and_go, come_and_go)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == [1500]


def test_costs_microseconds() -> None:
    bus = LocalBus()
    bus.subscribe(lambda *_: None)
    rounds = []
    for _ in range(5):
        begun = time.perf_counter()
        for version in range(2000):
            bus.publish(TOPIC, version)
        rounds.append((time.perf_counter() - begun) / 2000)
    assert min(rounds) < 20e-6
