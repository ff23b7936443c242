"""Valkey is real: what is published reaches a listener on another connection."""

from typing import Any

from redis import Redis


def test_a_listener_hears_what_is_published(valkey_url):
    listener = Redis.from_url(valkey_url).pubsub()
    listener.subscribe("tickets")
    assert listener.get_message(timeout=5)["type"] == "subscribe"
    assert Redis.from_url(valkey_url).publish("tickets", "R0123") == 1
    heard = listener.get_message(timeout=5)
    assert (heard["type"], heard["channel"], heard["data"]) == ("message", b"tickets", b"R0123")
    listener.close()


def test_it_runs_scripts_and_is_a_valkey(valkey_url):
    client: Any = Redis.from_url(valkey_url)  # the library types its answers as perhaps awaitable
    assert client.eval("return redis.call('incrby', KEYS[1], ARGV[1])", 1, "limit", 3) == 3
    assert client.info("server")["server_name"] == "valkey"


def test_each_test_begins_empty(valkey_url):
    client = Redis.from_url(valkey_url)
    assert client.dbsize() == 0
    client.set("left", "behind")
