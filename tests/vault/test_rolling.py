"""A new epoch: every key moves to it while others are made and erased, and a kill between any two steps is gone on."""

from __future__ import annotations

import threading
from uuid import UUID, uuid4

import pytest

from portal import clock
from portal.vault import Busy, Erased, KeyRing, KeyStoreError, Subject, SubjectKind, rolling
from portal.vault.alone import alone
from portal.vault.epochs import EpochStore
from portal.vault.keys_by_epoch import keys_in_epochs
from portal.vault.keystore import KeyStore
from portal.vault.work import Progress
from tests.vault.conftest import demo_settings
from tests.vault.dying import killed
from tests.vault.test_opening import change
from tests.vault.test_subjects import in_threads

LABEL = "person.contact"
Kept = tuple[Subject, UUID, bytes]

STEPS = [
    (Progress, "advance", "before", 1),
    (Progress, "advance", "after", 1),
    (EpochStore, "begin", "before", 1),
    (EpochStore, "begin", "after", 1),
    (KeyStore, "announce", "before", 1),
    (KeyStore, "announce", "after", 1),
    (Progress, "expect", "after", 1),
    (rolling, "move", "before", 1),
    (rolling, "move", "after", 1),
    (Progress, "advance", "after", 2),
    (rolling, "move", "after", 2),
    (rolling, "move", "after", 4),
    (EpochStore, "end", "before", 1),
    (EpochStore, "end", "after", 1),
    (KeyStore, "overwrite", "after", 1),
    (EpochStore, "overwrite", "before", 1),
    (EpochStore, "overwrite", "after", 1),
    (Progress, "end", "before", 1),
    (Progress, "end", "after", 1),
]


def sealed(ring: KeyRing, count: int = 1) -> list[Kept]:
    made = [(Subject(SubjectKind.PERSON, uuid4()), uuid4()) for _ in range(count)]
    ring.ensure(*(subject for subject, _ in made))
    return [(subject, row, ring.seal_group(LABEL, row, subject, {"name": "王芳"})) for subject, row in made]


def opens(ring: KeyRing, kept: list[Kept]) -> bool:
    rows = [(row.bytes, subject.packed, blob) for subject, row, blob in kept]
    return ring.open_many(LABEL, rows) == [{"name": "王芳"}] * len(kept)


def roll(settings) -> int:
    ring = KeyRing.open(settings)
    try:
        return ring.roll_epoch()
    finally:
        ring.close()


def numbers(ring: KeyRing) -> list[int]:
    return [epoch.number for epoch in ring._epochs.all()]


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(rolling, "BATCH", 5)


def test_every_key_moves(ring, open_ring):
    kept, elsewhere = sealed(ring, 1203), open_ring()
    assert opens(elsewhere, kept)
    ring.add_version([kept[0][0].packed])
    assert ring.roll_epoch() == 2
    assert keys_in_epochs(ring._keys) == {2: 1204}
    elsewhere.refresh()
    for opened in (ring, elsewhere, open_ring()):
        assert opens(opened, kept)
        assert opens(opened, sealed(opened))
    assert keys_in_epochs(ring._keys) == {2: 1207}


def test_an_epoch_goes_at_the_roll_after_the_next(ring, settings):
    kept = sealed(ring, 3)
    first = ring._epochs.all()[0].wrapped
    assert numbers(ring) == [1]
    ring.roll_epoch()
    assert numbers(ring) == [1, 2]
    ring.roll_epoch()
    assert numbers(ring) == [2, 3]
    assert first not in b"".join(path.read_bytes() for path in settings.instance.glob("epochs.sqlite*"))
    ring.roll_epoch()
    assert numbers(ring) == [3, 4]
    assert opens(ring, kept)


def test_a_copy_of_the_key_store_of_two_rolls_ago_opens_nothing(ring, settings, tmp_path):
    kept = sealed(ring)
    ring.close()
    copy = (settings.instance / "keys.sqlite").read_bytes()
    for _ in range(2):
        roll(settings)
    (settings.instance / "keys.sqlite").write_bytes(copy)
    with pytest.raises(KeyStoreError, match="epoch 1 is not in the epoch store"):
        KeyRing.open(settings)
    assert kept


def test_an_empty_store_rolls_too(ring):
    assert ring.roll_epoch() == 2
    assert ring.roll_epoch() == 3


@pytest.mark.parametrize(("where", "name", "moment", "nth"), STEPS, ids=lambda part: getattr(part, "__name__", part))
def test_killed_between_two_steps(settings, small_batches, where, name, moment, nth):
    ring = KeyRing.create(settings)
    kept = sealed(ring, 17)
    ring.roll_epoch()
    gone = kept.pop()[0]
    assert killed(lambda: roll(settings), where, name, moment, nth)
    ring.refresh()
    between = KeyRing.open(settings)
    for opened in (ring, between):
        assert opens(opened, kept)
        kept += sealed(opened)
    ring.erase(gone)
    ended = (where, name, moment) == (Progress, "end", "after")
    assert between.roll_is_overdue() is not ended
    if not ended:
        assert between.roll_epoch() == 3
    assert numbers(between) == [2, 3]
    assert keys_in_epochs(between._keys) == {3: 18}
    work = next(work for work in between.works.all() if work.name == "roll-epoch")
    assert (work.running, work.total) == (False, work.done)
    ring.refresh()
    for opened in (ring, between, KeyRing.open(settings)):
        assert opens(opened, kept)
        with pytest.raises(Erased):
            opened.ensure(gone)
        opened.close()


def in_a_bustle(rings: list[KeyRing]) -> None:
    """Roll three times while other threads make, open and erase keys, each through its own ring if there are enough."""
    ring, before = rings[0], sum(keys_in_epochs(rings[0]._keys).values())
    kept, doomed, done = sealed(ring, 150), sealed(ring, 60), threading.Event()
    made: list[Kept] = []

    def work(number):
        mine = rings[number % len(rings)]
        try:
            if number == 0:
                return [ring.roll_epoch() for _ in range(3)]
            if number == 1:
                return [mine.erase(subject) for subject, _, _ in doomed]
            while not done.is_set():
                mine.refresh()
                made.extend(sealed(mine, 2))
                assert opens(mine, kept)
        finally:
            if number == 0:
                done.set()

    in_threads(work, 4)
    for opened in rings:
        opened.refresh()
        assert opens(opened, kept + made)
        for subject, row, blob in doomed:
            with pytest.raises(Erased):
                opened.open_group(LABEL, row, subject, blob)
    assert sum(keys_in_epochs(ring._keys).values()) == before + len(kept) + len(made)
    assert set(keys_in_epochs(ring._keys)) == {ring._epochs.newest()}


@pytest.mark.parametrize("processes", [1, 3])
def test_keys_made_and_erased_while_it_rolls(ring, open_ring, small_batches, processes):
    in_a_bustle([ring, *(open_ring() for _ in range(processes - 1))])


def test_a_key_erased_between_reading_and_moving_is_not_made_again(ring, monkeypatch):
    kept = sealed(ring, 3)
    move = rolling.move

    def erase_first(*given):
        monkeypatch.setattr(rolling, "move", move)
        ring.erase(kept[1][0])
        move(*given)

    monkeypatch.setattr(rolling, "move", erase_first)
    ring.roll_epoch()
    assert keys_in_epochs(ring._keys) == {2: 2}
    with pytest.raises(Erased):
        ring.ensure(kept[1][0])


def test_a_key_that_does_not_open_stops_the_roll_and_loses_nothing(ring, settings):
    kept = sealed(ring, 2)
    ring.close()
    first = kept[0][0].id.hex
    change(settings, "keys.sqlite", f"UPDATE vault_data_key SET wrapped = zeroblob(60) WHERE subject = x'{first}'")
    ring = KeyRing(ring._roots, ring._keys, ring._epochs, 1)
    with pytest.raises(KeyStoreError, match="a data key of epoch 1 does not open"):
        ring.roll_epoch()
    assert keys_in_epochs(ring._keys) == {1: 2}
    assert opens(ring, kept[1:])
    ring.close()


def test_never_two_at_once(ring):
    with alone(ring._keys), pytest.raises(Busy):
        ring.roll_epoch()


def test_it_is_overdue_after_thirty_days(ring, settings):
    assert not ring.roll_is_overdue()
    day = 24 * 3600
    change(
        settings, "epochs.sqlite", f"UPDATE vault_epoch SET made_at = {int(clock.now().timestamp()) - 30 * day + 60}"
    )
    assert not ring.roll_is_overdue()
    change(settings, "epochs.sqlite", "UPDATE vault_epoch SET made_at = made_at - 61")
    assert ring.roll_is_overdue()
    ring.roll_epoch()
    assert not ring.roll_is_overdue()


@pytest.mark.postgres
def test_on_a_database_server(tmp_path, postgres_server, small_batches):
    with postgres_server.database() as keys, postgres_server.database() as epochs:
        settings = demo_settings(tmp_path, PORTAL_KEYS_URL=keys, PORTAL_EPOCHS_URL=epochs)
        ring = KeyRing.create(settings)
        kept = sealed(ring, 23)
        assert killed(lambda: roll(settings), rolling, "move", "after", 2)
        other = KeyRing.open(settings)
        in_a_bustle([ring, other])
        other.close()
        assert opens(ring, kept)
        ring.rotate_root()
        assert opens(ring, kept)
        ring.close()
