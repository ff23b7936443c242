"""Wrong, missing, mixed and half-written keys: the portal does not start, says why in one line, and loses nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from portal.vault import KeyRing, KeyStoreError, Subject, SubjectKind
from tests.vault.conftest import demo_settings, production_settings

ROOT = f"anju-root-1:development:{'a1' * 32}"


def refused(settings, *words: str) -> None:
    """Opening says these words in one line, and leaves every file's content as it was."""
    before = contents(settings.instance)
    with pytest.raises(KeyStoreError) as caught:
        KeyRing.open(settings)
    said = str(caught.value)
    assert "\n" not in said
    assert all(word in said for word in words), said
    assert contents(settings.instance) == before


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.glob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))]
    return {path.name: path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def templates(tmp_path_factory) -> list[Path]:
    """Two installations with one person's key each, closed; a test takes copies."""
    folders = [tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")]
    for folder in folders:
        ring = KeyRing.create(demo_settings(folder))
        ring.ensure(Subject(SubjectKind.PERSON, uuid4()))
        ring.close()
    return folders


@pytest.fixture
def made(settings, templates):
    """An installation of the test's own."""
    shutil.copytree(templates[0], settings.instance, dirs_exist_ok=True)
    return settings


@pytest.fixture
def other(tmp_path, templates):
    """Another installation of the same machine."""
    shutil.copytree(templates[1], tmp_path / "other")
    return demo_settings(tmp_path / "other")


def change(settings, store: str, *statements: str) -> None:
    with closing(sqlite3.connect(settings.instance / store)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def exchange(settings, other, name: str) -> None:
    (settings.instance / name).unlink()
    shutil.copy2(other.instance / name, settings.instance / name)


def test_it_opens_again(made):
    ring = KeyRing.open(made)
    assert len({ring.secret(name) for name in ("session", "audit", "index")}) == 3
    assert all(len(ring.secret(name)) == 32 for name in ("session", "audit", "index"))
    ring.close()


def test_nothing_was_made(settings):
    refused(settings, "root key file", "cannot be read")
    assert list(settings.instance.iterdir()) == []


def test_wrong_root(made, other):
    exchange(made, other, "DEV-ONLY.key")
    refused(made, "key store", "another root key")


def test_a_root_that_others_can_read(made):
    made.root_key_file.chmod(0o440)
    refused(made, "can be read by others", "0400")


@pytest.mark.parametrize(("name", "said"), [("keys.sqlite", "no key store"), ("epochs.sqlite", "no epoch store")])
def test_a_missing_store(made, name, said):
    (made.instance / name).unlink()
    refused(made, said)
    assert not (made.instance / name).exists()


@pytest.mark.parametrize("name", ["keys.sqlite", "epochs.sqlite"])
@pytest.mark.parametrize("left", [0, 100, 5000])
def test_a_store_cut_short(made, name, left):
    os.truncate(made.instance / name, left)
    refused(made, "store")


@pytest.mark.parametrize("name", ["keys.sqlite", "epochs.sqlite"])
def test_a_store_that_is_no_database(made, name):
    (made.instance / name).write_bytes(b"not a database, but long enough to look like one" * 100)
    refused(made, "cannot be read")


@pytest.mark.parametrize("name", ["keys.sqlite", "epochs.sqlite"])
def test_mixed_stores(made, other, name):
    exchange(made, other, name)
    refused(made, "different installations")


def test_an_epoch_store_of_another_installation_with_the_same_root(tmp_path):
    one = demo_settings(tmp_path / "one", PORTAL_ROOT_KEY=ROOT)
    two = demo_settings(tmp_path / "two", PORTAL_ROOT_KEY=ROOT)
    for settings in (one, two):
        KeyRing.create(settings).close()
    exchange(one, two, "epochs.sqlite")
    refused(one, "different installations")


@pytest.mark.parametrize(
    ("store", "statement", "words"),
    [
        ("keys.sqlite", "DELETE FROM vault_key_store", ("key store", "half written")),
        ("keys.sqlite", "DROP TABLE vault_key_store", ("no key store",)),
        ("keys.sqlite", "DROP TABLE vault_data_key", ("cannot be read", "vault_data_key")),
        ("keys.sqlite", "DROP TABLE vault_secret", ("key store", "cannot be read")),
        ("keys.sqlite", "DELETE FROM vault_secret WHERE name = 'index'", ("secret index", "not in the key store")),
        ("keys.sqlite", "UPDATE vault_secret SET wrapped = zeroblob(60)", ("secret", "does not open")),
        ("keys.sqlite", "UPDATE vault_secret SET version = version + 1", ("secret", "does not open")),
        ("keys.sqlite", "UPDATE vault_secret SET root = x'dededededededede'", ("another root key",)),
        ("keys.sqlite", "UPDATE vault_secret SET root = x'50dededededededede'", ("not one of a development",)),
        ("keys.sqlite", "UPDATE vault_key_store SET format = 2", ("key store has format 2", "format 1")),
        ("epochs.sqlite", "UPDATE vault_epoch_store SET format = 2", ("epoch store has format 2", "format 1")),
        ("epochs.sqlite", "DELETE FROM vault_epoch_store", ("epoch store", "half written")),
        ("epochs.sqlite", "DROP TABLE vault_epoch_store", ("no epoch store",)),
        ("epochs.sqlite", "DELETE FROM vault_epoch", ("no epoch",)),
        ("epochs.sqlite", "UPDATE vault_epoch SET wrapped = zeroblob(60)", ("epoch 1", "does not open")),
        ("epochs.sqlite", "UPDATE vault_epoch SET number = 2", ("epoch 2", "does not open")),
        ("epochs.sqlite", "UPDATE vault_epoch SET root = x'50dededededededede'", ("not one of a development",)),
        ("epochs.sqlite", "UPDATE vault_epoch_store SET finished = 0", ("interrupted",)),
        ("keys.sqlite", "UPDATE vault_data_key SET wrapped = zeroblob(60)", ("data key", "epoch 1", "do not match")),
        ("keys.sqlite", "UPDATE vault_data_key SET epoch = 7", ("epoch 7", "not in the epoch store")),
    ],
)
def test_half_written_or_changed(made, store, statement, words):
    change(made, store, statement)
    refused(made, *words)


def test_a_root_key_of_another_installation_in_the_environment(made, tmp_path):
    refused(demo_settings(made.instance, PORTAL_ROOT_KEY=ROOT), "another root key")


def test_a_development_key_against_a_production_configuration(made, tmp_path):
    production = production_settings(tmp_path, PORTAL_ROOT_KEY=made.root_key_file.read_text())
    refused(production, "development key", "PORTAL_MODE is production")


def test_development_stores_with_a_production_key(made, tmp_path):
    production = production_settings(
        tmp_path,
        PORTAL_KEYS_URL=made.keys_url,
        PORTAL_EPOCHS_URL=made.epochs_url,
        PORTAL_ROOT_KEY=f"anju-root-1:production:{'b2' * 32}",
    )
    refused(production, "not one of a production installation")


def test_production_stores_with_a_development_key(tmp_path):
    production = production_settings(tmp_path)
    KeyRing.create(production).close()
    demo = demo_settings(tmp_path / "instance", PORTAL_ROOT_KEY=ROOT)
    refused(demo, "not one of a development installation")


def test_one_database_for_both_stores(tmp_path):
    url = f"sqlite:///{tmp_path}/keys.sqlite"
    settings = demo_settings(tmp_path, PORTAL_KEYS_URL=url, PORTAL_EPOCHS_URL=url, PORTAL_ROOT_KEY=ROOT)
    refused(settings, "must be two databases")
    with pytest.raises(KeyStoreError, match="must be two databases"):
        KeyRing.create(settings)


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "nonsense", "oracle://x/y", "sqlite:///file:x?uri=true"]
)
def test_an_address_that_cannot_be_used(tmp_path, url):
    refused(demo_settings(tmp_path, PORTAL_KEYS_URL=url, PORTAL_ROOT_KEY=ROOT), "address of the key store")


def test_a_database_that_does_not_answer(tmp_path):
    url = "postgresql+psycopg://anju:hush-hush@127.0.0.1:9/keys"
    made = demo_settings(tmp_path, PORTAL_ROOT_KEY=ROOT)
    KeyRing.create(made).close()
    settings = demo_settings(tmp_path, PORTAL_KEYS_URL=url, PORTAL_ROOT_KEY=ROOT)
    refused(settings, "the key store cannot be read")
    with pytest.raises(KeyStoreError) as caught:
        KeyRing.open(settings)
    assert "hush-hush" not in str(caught.value)
