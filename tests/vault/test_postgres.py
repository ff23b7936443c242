"""The stores on a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, text

from portal.vault import Busy, Erased, InUse, KeyRing, KeyStoreError, Subject, SubjectKind
from portal.vault.alone import Patience
from portal.vault.witness import LedgerEnd
from tests.vault.conftest import demo_settings
from tests.vault.test_subjects import LABEL, a_person, in_threads, sealed


@pytest.fixture
def settings(tmp_path, postgres_server) -> Iterator[object]:
    with postgres_server.database() as keys, postgres_server.database() as epochs:
        yield demo_settings(tmp_path, PORTAL_KEYS_URL=keys, PORTAL_EPOCHS_URL=epochs)


@pytest.fixture
def rings(settings) -> Iterator[Callable[[], KeyRing]]:
    """Opens the installation once more, as another process would."""
    opened = [KeyRing.create(settings)]

    def once_more() -> KeyRing:
        opened.append(KeyRing.open(settings))
        return opened[-1]

    yield once_more
    for ring in opened:
        ring.close()


def test_made_sealed_opened_and_erased(rings):
    one, two = rings(), rings()
    subjects = [Subject(kind, uuid4()) for kind in SubjectKind]
    one.ensure(*subjects)
    for subject in subjects:
        row, blob = sealed(one, subject)
        assert two.open_group(LABEL, row, subject, blob) == {"name": "王芳"}
        one.erase(subject)
        two.refresh()
        with pytest.raises(Erased):
            two.open_group(LABEL, row, subject, blob)


def test_it_is_made_once_and_a_lost_part_is_told(rings, settings):
    rings()
    with pytest.raises(KeyStoreError, match="are there already"):
        KeyRing.create(settings)
    engine = create_engine(settings.keys_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE vault_data_key"))
    engine.dispose()
    with pytest.raises(KeyStoreError, match="key store cannot be read"):
        KeyRing.open(settings)


def test_the_loser_of_a_race_reads_the_winners_key(rings):
    made = [rings() for _ in range(4)]
    for _ in range(10):
        subject, start = a_person(), threading.Barrier(8)
        blobs: list[tuple[UUID, bytes]] = []

        def first(number, subject=subject, blobs=blobs, start=start):
            start.wait()
            made[number % 4].ensure(subject)
            blobs.append(sealed(made[number % 4], subject))

        in_threads(first, 8)
        assert all(made[0].open_group(LABEL, row, subject, blob) for row, blob in blobs)


def test_an_erased_subject_never_gets_a_key_again(rings):
    one, two = rings(), rings()
    for _ in range(30):
        subject, start = a_person(), threading.Barrier(2)

        def race(number, subject=subject, start=start):
            start.wait()
            try:
                two.ensure(subject) if number else one.erase(subject)
            except Erased:
                assert number == 1

        in_threads(race, 2)
        with pytest.raises(Erased):
            one.ensure(subject)
    with one._keys.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM vault_data_key")) == 0


def test_what_was_seen_of_the_ledger_only_grows_whoever_tells_it(rings):
    made = [rings() for _ in range(4)]
    start = threading.Barrier(20)

    def tell(number):
        start.wait()
        made[number % 4].witness.see(LedgerEnd(1 + number, bytes([number]) * 32))

    in_threads(tell, 20)
    assert {ring.witness.seen() for ring in made} == {LedgerEnd(20, bytes([19]) * 32)}
    made[0].witness.accept(LedgerEnd(3, bytes(32)))
    assert made[1].witness.seen() == LedgerEnd(3, bytes(32))


def test_a_lock_that_is_not_to_be_had_is_one_declared_error(rings):
    ring = rings()

    def write() -> None:
        with ring._keys.writing() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '100ms'"))
            ring._keys.raise_generation(connection)

    with ring._keys.engine.connect() as held, held.begin():
        held.execute(text("LOCK TABLE vault_key_store"))
        with pytest.raises(InUse, match=r"^the key store is in use"):
            write()
    write()


def test_work_that_has_the_lock_is_waited_for(rings):
    one, two, told = rings(), rings(), threading.Event()
    ended = threading.Event()

    def hold() -> None:
        with one.works.alone("verify-sample"):
            told.set()
            ended.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    told.wait()
    with pytest.raises(Busy), two.works.alone("backup"):
        pass
    with two.works.alone("backup", patience=Patience(60, lambda _left: ended.set())):
        pass
    other.join()
