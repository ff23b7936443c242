"""The audit chain and its checkpoints, beyond the vectors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest

from portal.vault import ChainError, chain
from portal.vault.checkpoint import Checkpoint, public_key, read_checkpoint

SALT = "55" * 32


def rows_of(count: int) -> list[tuple[bytes, bytes]]:
    head, rows = chain.START, []
    for number in range(count):
        event = chain.canonical_json({"id": f"{number:032x}", "kind": "ticket.close"})
        head = chain.event_hash(head, event)
        rows.append((event, head))
    return rows


@pytest.fixture
def checkpoint() -> Checkpoint:
    rows = rows_of(12)
    return Checkpoint(uuid4(), 12, rows[-1][1], datetime(2026, 11, 22, tzinfo=UTC))


def test_a_chain_may_begin_at_a_checkpoint(checkpoint):
    rows = rows_of(20)
    assert chain.follow(rows[12:], checkpoint.count, checkpoint.head) == (20, rows[-1][1])


@pytest.mark.parametrize("place", range(5))
def test_the_first_wrong_event_is_named(place):
    rows = rows_of(5)
    rows[place] = rows[place][0].replace(b"close", b"owned"), rows[place][1]
    with pytest.raises(ChainError, match=f"event {place + 1} "):
        chain.follow(rows)


def test_every_character_of_a_checkpoint_counts(checkpoint):
    seed = bytes(range(32))
    note, public = checkpoint.sign(seed), public_key(seed)
    assert read_checkpoint(note, checkpoint.installation, public) == checkpoint
    for place, character in enumerate(note):
        other = "B" if character == "A" else "A"
        with pytest.raises(ChainError):
            read_checkpoint(note[:place] + other + note[place + 1 :], checkpoint.installation, public)
        with pytest.raises(ChainError):
            read_checkpoint(note[:place] + note[place + 1 :], checkpoint.installation, public)
        with pytest.raises(ChainError):
            read_checkpoint(note[:place], checkpoint.installation, public)


@pytest.mark.parametrize(
    "change", [("\n12\n", "\n012\n"), ("\n12\n", "\n+12\n"), ("000000Z", "0Z"), ("=\n2026", "\n2026")]
)
def test_another_spelling_of_the_same_is_refused(checkpoint, change):
    seed = bytes(range(32))
    note = checkpoint.sign(seed).replace(*change)
    assert note != checkpoint.sign(seed)
    with pytest.raises(ChainError):
        read_checkpoint(note, checkpoint.installation, public_key(seed))


@pytest.mark.parametrize("extra", ["\n", " ", "x", "\n\n", "— anju/x AAAA\n"])
def test_nothing_may_follow_or_precede(checkpoint, extra):
    seed = bytes(range(32))
    for note in (checkpoint.sign(seed) + extra, extra + checkpoint.sign(seed)):
        with pytest.raises(ChainError):
            read_checkpoint(note, checkpoint.installation, public_key(seed))


def test_the_ring_signs_for_its_installation(ring, open_ring):
    rows = rows_of(3)
    seed = ring.secret("audit")
    note = Checkpoint(ring.installation, 3, rows[-1][1], datetime(2026, 11, 22, tzinfo=UTC)).sign(seed)
    again = open_ring()
    assert (again.installation, again.secret("audit")) == (ring.installation, seed)
    read_checkpoint(note, again.installation, public_key(again.secret("audit"))).confirm(*chain.follow(rows))


def test_a_time_is_utc_with_six_digits():
    shanghai = timezone(timedelta(hours=8))
    assert chain.instant_text(datetime(2026, 11, 22, 7, 0, 0, 5, shanghai)) == "2026-11-21T23:00:00.000005Z"
    with pytest.raises(ValueError):
        chain.instant_text(datetime(2026, 11, 22))


@pytest.mark.parametrize("salt", ["", "55" * 31, "5G" * 32, "AA" * 32, "55" * 33])
def test_a_note_without_a_proper_salt(salt):
    with pytest.raises(ValueError):
        chain.note_digest({"salt": salt, "text": "回访"})


def test_the_salt_hides_equal_notes():
    assert chain.note_digest({"salt": SALT, "text": "是"}) != chain.note_digest({"salt": "66" * 32, "text": "是"})
