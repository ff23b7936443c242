"""Keys handled wrongly: every way on every kind of installation is refused with one clear line; nothing is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from portal.config import Settings, SettingsError
from portal.vault import KeyRing, KeyStoreError, rolling
from portal.vault.keys_by_epoch import keys_in_epochs
from tests.vault.conftest import demo_settings, production_settings
from tests.vault.test_opening import change
from tests.vault.test_rolling import opens, sealed


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and bytes of every file. An opened embedded store may have an empty log beside it, which is nothing."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))]
    return {str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes()) for path in files}


def refused(chosen: Settings, folder: Path, said: str) -> None:
    """Neither opening, making nor any long work goes through; each says why in one line and leaves all as it was."""
    before = everything(folder)
    for way in (KeyRing.open, KeyRing.create):
        with pytest.raises(KeyStoreError) as caught:
            way(chosen).close()
        assert "\n" not in str(caught.value)
        assert everything(folder) == before
        if way is KeyRing.open:
            assert said in str(caught.value)


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A production installation with keys in two epochs, closed."""
    folder = tmp_path_factory.mktemp("production")
    ring = KeyRing.create(production_settings(folder))
    sealed(ring, 3)
    ring.roll_epoch()
    sealed(ring, 3)
    ring.close()
    return folder


@pytest.fixture
def production(template, tmp_path) -> Settings:
    shutil.copytree(template, tmp_path / "here")
    return production_settings(tmp_path / "here")


def test_it_is_whole_to_begin_with(production):
    KeyRing.open(production).close()


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o444, 0o644, 0o640, 0o660, 0o777])
def test_a_key_file_that_others_can_touch(production, tmp_path, mode):
    production.root_key_file.chmod(mode)
    refused(production, tmp_path / "here", "must have mode 0400")


def test_a_wrong_root_key(production, tmp_path):
    production.root_key_file.chmod(0o600)
    production.root_key_file.write_text(f"anju-root-1:production:{'0a' * 32}\n")
    refused(production, tmp_path / "here", "another root key; give the portal that one")


@pytest.mark.parametrize("left", [0, 10, 60])
def test_a_half_written_key_file(production, tmp_path, left):
    text = production.root_key_file.read_text()
    production.root_key_file.chmod(0o600)
    production.root_key_file.write_text(text[:left])
    refused(production, tmp_path / "here", "is not of the form")


@pytest.mark.parametrize("names", [["keys"], ["epochs"], ["keys", "epochs"]])
def test_missing_stores(production, tmp_path, names):
    for name in names:
        (production.instance / f"{name}.sqlite").unlink()
    before = everything(tmp_path / "here")
    with pytest.raises(KeyStoreError, match="store"):
        KeyRing.open(production)
    assert everything(tmp_path / "here") == before
    if len(names) == 1:
        refused(production, tmp_path / "here", "store")


def test_a_development_key_in_production(production, tmp_path):
    production.root_key_file.chmod(0o600)
    production.root_key_file.write_text(f"anju-root-1:development:{'0a' * 32}\n")
    refused(production, tmp_path / "here", "the root key is a development key, but PORTAL_MODE is production")


def test_a_production_store_with_a_development_key(production, tmp_path):
    demo = demo_settings(production.instance, PORTAL_ROOT_KEY=f"anju-root-1:development:{'0a' * 32}")
    refused(demo, tmp_path / "here", "not one of a development installation")


def test_a_production_key_in_a_demonstration(production, tmp_path):
    demo = demo_settings(production.instance, PORTAL_ROOT_KEY_FILE=str(production.root_key_file))
    refused(demo, tmp_path / "here", "the root key is a production key, but PORTAL_MODE is demo")


def test_a_production_key_inside_the_instance_folder(tmp_path):
    with pytest.raises(SettingsError, match="must lie outside the instance folder"):
        production_settings(tmp_path, PORTAL_ROOT_KEY_FILE=str(tmp_path / "instance" / "root.key"))


def test_an_epoch_store_of_before_the_last_roll(production, tmp_path):
    shutil.copy2(production.instance / "epochs.sqlite", tmp_path / "old")
    ring = KeyRing.open(production)
    ring.roll_epoch()
    ring.close()
    shutil.copy2(tmp_path / "old", production.instance / "epochs.sqlite")
    refused(production, tmp_path / "here", "epoch 3 is not in the epoch store")


def test_a_key_store_of_two_rolls_ago(production, tmp_path):
    shutil.copy2(production.instance / "keys.sqlite", tmp_path / "old")
    ring = KeyRing.open(production)
    for _ in range(2):
        ring.roll_epoch()
    ring.close()
    shutil.copy2(tmp_path / "old", production.instance / "keys.sqlite")
    refused(production, tmp_path / "here", "is not in the epoch store")


def test_a_root_that_the_secrets_alone_name(production, tmp_path):
    change(production, "keys.sqlite", "UPDATE vault_secret SET root = x'5000000000000000' WHERE name = 'audit'")
    refused(production, tmp_path / "here", "another root key")


def test_a_work_stopped_by_a_damaged_store_goes_on_when_it_is_whole_again(production):
    ring = KeyRing.open(production)
    with ring._keys.reading() as connection:
        (kept,) = connection.exec_driver_sql("SELECT wrapped FROM vault_data_key LIMIT 1").one()
    change(
        production, "keys.sqlite", f"UPDATE vault_data_key SET wrapped = zeroblob(60) WHERE wrapped = x'{kept.hex()}'"
    )
    with pytest.raises(KeyStoreError, match="does not open"):
        ring.roll_epoch()
    change(
        production, "keys.sqlite", f"UPDATE vault_data_key SET wrapped = x'{kept.hex()}' WHERE wrapped = zeroblob(60)"
    )
    assert ring.roll_epoch() == 3
    assert keys_in_epochs(ring._keys) == {3: 6}
    ring.close()


STEPS = st.lists(st.sampled_from(["make", "erase", "roll", "root", "version", "drop", "again"]), max_size=14)


@examples(max_examples=12, deadline=None)
@given(steps=STEPS, batch=st.integers(1, 4))
def test_whatever_is_done_in_whatever_order_the_living_open_and_the_erased_do_not(tmp_path_factory, steps, batch):
    chosen = demo_settings(tmp_path_factory.mktemp("walk"))
    ring, living, gone = KeyRing.create(chosen), [], []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rolling, "BATCH", batch)
        for step in steps:
            if step == "make":
                living += sealed(ring, 3)
            elif step == "erase" and living:
                gone.append(living.pop(0))
                ring.erase(gone[-1][0])
            elif step == "roll":
                ring.roll_epoch()
            elif step == "root":
                ring.rotate_root()
            elif step == "version":
                ring.add_version(subject.packed for subject, _, _ in living)
            elif step == "drop":
                ring.drop_versions({subject.packed: 1 for subject, _, _ in living})
            elif step == "again":
                ring.close()
                ring = KeyRing.open(chosen)
            assert opens(ring, living)
            rows = [(row.bytes, subject.packed, blob) for subject, row, blob in gone]
            assert ring.open_many("person.contact", rows) == [None] * len(gone)
    ring.close()
