"""The stores themselves: completed when an earlier release made them, and told apart when something is wrong inside."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from portal.vault import Busy, InUse, KeyRing, KeyStoreError, Subject, SubjectKind, engines
from portal.vault.alone import alone
from portal.vault.keystore import KeyStore
from portal.vault.stores import KEYS
from tests.vault.conftest import production_settings
from tests.vault.test_opening import ROOT
from tests.vault.test_subjects import a_person, stored

LATER = ("vault_work", "vault_index_column", "vault_ledger_end")


def tables(settings) -> set[str]:
    return {row[0] for row in stored(settings, "SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_a_store_of_an_earlier_release_is_completed(settings, ring, person, open_ring):
    ring.close()
    for table in LATER:
        stored(settings, f"DROP TABLE {table}")
    assert tables(settings).isdisjoint(LATER)
    again = open_ring()
    assert tables(settings) >= set(KEYS.tables)
    assert again.works.all() == []
    again.ensure(person)
    assert len(stored(settings, "SELECT * FROM vault_data_key")) == 1


def test_a_whole_store_is_not_written_to(settings, ring):
    ring.close()
    with closing(sqlite3.connect(settings.instance / "keys.sqlite", isolation_level=None)) as held:
        held.execute("BEGIN IMMEDIATE")
        KeyRing.open(settings).close()


def test_the_generation_is_the_stores(ring, person):
    before = ring.generation
    ring.erase(person)
    assert ring.generation == before + 1


def test_a_key_store_without_its_one_row(settings, ring):
    stored(settings, "DELETE FROM vault_key_store")
    with pytest.raises(KeyStoreError, match=r"^the key store is half written; restore it from its copy$"):
        ring.refresh()


@pytest.mark.parametrize(("store", "table"), [("keys", "vault_secret"), ("epochs", "vault_epoch")])
def test_a_root_changed_behind_an_open_ring(settings, ring, store, table):
    """What opening looks at first is looked at again wherever a wrapped key is read."""
    with closing(sqlite3.connect(settings.instance / f"{store}.sqlite")) as connection:
        connection.execute(f"UPDATE {table} SET root = ?", (b"\xde" + bytes(7),))
        connection.commit()
    stored(settings, "UPDATE vault_key_store SET generation = generation + 1")
    ring.refresh()
    with pytest.raises(KeyStoreError, match="another root key"):
        ring.secret("index") if store == "keys" else ring.ensure(a_person())


def test_a_key_store_that_never_takes_a_key_is_told(ring, monkeypatch):
    def taken(self, connection, wrapped) -> None:
        raise IntegrityError("INSERT", {}, Exception("unique"))

    monkeypatch.setattr(KeyStore, "add", taken)
    with pytest.raises(KeyStoreError, match=r"^the key store does not take new keys$"):
        ring.ensure(a_person())


def test_a_root_key_without_a_file(settings):
    nowhere = replace(settings, root_key_file=None)
    with pytest.raises(KeyStoreError, match="PORTAL_ROOT_KEY_FILE"):
        KeyRing.create(nowhere)
    KeyRing.create(replace(nowhere, root_key=ROOT)).close()


def test_one_at_a_time_on_a_server(tmp_path, postgres_server):
    with postgres_server.database() as keys, postgres_server.database() as epochs:
        settings = production_settings(tmp_path, PORTAL_KEYS_URL=keys, PORTAL_EPOCHS_URL=epochs)
        one = KeyRing.create(settings)
        two = KeyRing.open(settings)
        with alone(one._keys), pytest.raises(Busy), alone(two._keys):
            pass
        with two.works.alone("rotate-data") as progress:
            progress.advance(1, b"x")
        assert one.works.all()[0].cursor == b"x"
        with one._keys.writing() as connection:
            connection.exec_driver_sql("DROP TABLE vault_work")
        one._keys.complete()
        assert inspect(one._keys.engine).has_table("vault_work")
        one.ensure(Subject(SubjectKind.SYSTEM, a_person().id))
        one.close()
        two.close()


@pytest.fixture
def impatient(monkeypatch):
    """Writers wait a moment only."""
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.05)


@contextmanager
def written_elsewhere(settings, name: str = "keys") -> Iterator[None]:
    """Another process holds the store's write lock."""
    with closing(sqlite3.connect(settings.instance / f"{name}.sqlite", isolation_level=None)) as held:
        held.execute("BEGIN IMMEDIATE")
        yield


def test_a_store_that_others_hold_is_one_declared_error(impatient, settings, ring, open_ring, person):
    other, somebody = open_ring(), Subject(SubjectKind.PERSON, uuid4())
    writers = (
        lambda: other.ensure(somebody),
        lambda: other.erase(person),
        lambda: other.add_version([person.packed]),
        other.announce,
        other.begin_index_rotation,
        lambda: other.works.alone("rotate-data").__enter__(),
    )
    with written_elsewhere(settings):
        for write in writers:
            with pytest.raises(InUse, match=r"^the key store is in use and could not be written in time; .*try again$"):
                write()
    with written_elsewhere(settings, "epochs"), pytest.raises(InUse, match=r"^the epoch store is in use"):
        other.roll_epoch()
    other.ensure(somebody, person)
    assert len(stored(settings, "SELECT * FROM vault_data_key")) == 2


def test_a_log_that_others_read_is_one_declared_error(impatient, settings, ring, open_ring, person):
    with closing(sqlite3.connect(settings.instance / "keys.sqlite", isolation_level=None)) as held:
        held.execute("BEGIN")
        held.execute("SELECT * FROM vault_data_key").fetchall()
        with pytest.raises(KeyStoreError, match="the log of the key store is in use"):
            open_ring().erase(person)
    ring.refresh()
    assert ring.erased([person]) == {person}


def test_a_store_that_cannot_be_written_says_why(settings, ring, open_ring):
    stored(settings, "ALTER TABLE vault_work RENAME TO vault_other")
    with (
        pytest.raises(KeyStoreError, match=r"^the key store cannot be written: no such table: vault_work$"),
        ring._keys.writing() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM vault_work")
