"""What a restore refuses: one clear line, nothing written, nothing lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete, text

from portal import clock
from portal.cli.backing_up import restore as restore_command
from portal.models.base import db, new_id
from portal.vault.ledger import Ledger
from portal.vault.stores import Store, data_keys, epoch_store, epochs, key_store
from tests.backup.conftest import common, populate
from tests.backup.reading import Target, rows
from tests.stage import building
from tests.stage.cast import Cast


def files_of(folder: Path) -> dict[str, bytes]:
    """Everything that lies in a folder; folders among it, with nothing in them."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def refused(done, target: Target, *words: str) -> None:
    """One line with the words; in the target lies nothing but its root key."""
    assert done.exit_code == 1, done.output
    (line,) = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    for word in words:
        assert word in line
    assert set(files_of(target.folder)) <= {"DEV-ONLY.key"}


@pytest.fixture
def sets(populated, back_up, tmp_path: Path) -> Path:
    done = back_up()
    assert done.exit_code == 0, done.output
    return tmp_path / "sets"


def one(series: Path) -> Path:
    (found,) = [path for path in series.iterdir() if path.is_dir()]
    return found


@pytest.mark.parametrize(
    "named",
    [["--keys", "sets/database"], ["--keys", "sets/epochs"], ["--epochs", "sets"], ["--keys", "sets/keys/in/x"]],
)
def test_two_sets_in_one_folder(app: Flask, back_up, tmp_path: Path, named):
    option, folder = named
    more = ["--epochs", str(tmp_path / "sets/keys/in")] if folder.endswith("x") else []
    done = back_up(option, str(tmp_path / folder), *more)
    assert (done.exit_code, "in one folder" in done.output) == (1, True)
    assert not (tmp_path / "sets").exists()


def test_a_set_that_was_changed(app, sets: Path, restore, target: Target):
    spoilt = one(sets / "database") / "database.sqlite"
    content = spoilt.read_bytes()
    spoilt.write_bytes(content[:-1] + bytes((content[-1] ^ 1,)))
    refused(restore(target), target, "database.sqlite is not as it was written")
    spoilt.write_bytes(content[:-100])
    refused(restore(target), target, "database.sqlite is not as it was written")


def test_an_object_that_was_changed_or_lost(app, sets: Path, restore, target: Target):
    found = next(path for path in (one(sets / "database") / "files").rglob("*") if path.is_file())
    content = found.read_bytes()
    found.write_bytes(content[::-1])
    refused(restore(target), target, found.name, "is not as it was written")
    found.unlink()
    refused(restore(target), target, found.name, "is not as it was written")


def test_unfinished_sets_are_no_sets(app, sets: Path, restore, target: Target):
    whole = one(sets / "keys")
    whole.rename(whole.with_name(f"{whole.name}.part"))
    refused(restore(target), target, "there is no whole key set")


def test_without_its_root_key(app, sets: Path, target: Target):
    target.folder.mkdir()
    done = CliRunner().invoke(restore_command, [str(sets)], env=target.env)
    refused(done, target, "the root key file")


def test_with_another_root_key(app, sets: Path, restore, target: Target):
    target.folder.mkdir()
    key = target.folder / "DEV-ONLY.key"
    key.write_text(f"anju-root-1:development:{'a1' * 32}\n")
    key.chmod(0o400)
    refused(restore(target), target, "was made with another root key")


def test_a_key_store_older_than_the_database(app: Flask, cast: Cast, sets: Path, back_up, restore, target: Target):
    with cast.at_work():
        common(cast)  # a case with a key that the first key set lacks
        db.session.commit()
    first = one(sets / "keys")
    kept = shutil.copytree(first, sets / "first")
    assert back_up().exit_code == 0
    refused(restore(target, "--keys", str(kept)), target, "the key store is older than the database")
    assert restore(target).exit_code == 0


def test_an_older_database_goes_with_newer_keys(app: Flask, cast: Cast, sets: Path, back_up, restore, target: Target):
    before = rows(app)
    old = one(sets / "database")
    with cast.at_work():
        populate(cast)
    assert back_up().exit_code == 0
    done = restore(target, sets=old)
    assert done.exit_code == 0, done.output
    with target.opened() as again:
        assert rows(again.app) == before


def test_epochs_of_another_day(app: Flask, sets: Path, restore, target: Target):
    """The epoch that the key set needs was ended since: the erased keys inside are gone for good."""
    copied = Store("epoch store", f"sqlite:///{sets / 'epochs' / 'epochs.sqlite'}", epoch_store)
    with copied.writing() as connection:
        connection.execute(delete(epochs))
    copied.overwrite()
    copied.close()
    done = restore(target)
    assert done.exit_code == 1
    refused(done, target, "epoch")


def test_sets_of_two_installations(app: Flask, sets: Path, restore, target: Target, tmp_path: Path):
    building.build(tmp_path / "other")
    other = building.opened(tmp_path / "other")
    assert other.test_cli_runner().invoke(args=["backup", str(tmp_path / "others")]).exit_code == 0
    building.close(other)
    refused(restore(target, "--keys", str(tmp_path / "others/keys")), target, "different installations")
    refused(restore(target, "--epochs", str(tmp_path / "others/epochs")), target, "different installations")


def test_an_erasure_ledger_older_than_the_backup(app, cast: Cast, back_up, restore, target: Target, tmp_path: Path):
    settings, ring = app.extensions["portal.settings"], app.extensions["portal.keyring"]
    with cast.at_work():
        populate(cast)
        subject = cast.person("neighbour").sealed_subject
        ledger = Ledger(settings.ledger, ring.installation, ring.secret("audit"))
        ledger.add([subject], new_id(), clock.now())
    assert back_up().exit_code == 0
    copy = tmp_path / "sets/epochs/erasures.ledger"
    copy.write_bytes(b"")
    refused(restore(target), target, "the erasure ledger is older than the backup")
    assert restore(target, "--ledger", str(settings.ledger)).exit_code == 0


def test_an_installation_that_is_not_empty(app: Flask, sets: Path, restore, target: Target):
    """Each part is looked at by itself, and a refusal leaves what is there, and no file more."""
    assert restore(target).exit_code == 0
    for part, words in (
        ("keys.sqlite*", "there is a key store already"),
        ("epochs.sqlite*", "there is an epoch store already"),
        ("portal.sqlite*", "the database holds rows already"),
        ("files/*", "the object storage holds objects already"),
    ):
        before = files_of(target.folder)
        done = restore(target)
        assert (done.exit_code, words in done.output) == (1, True), done.output
        assert "nothing was written" in done.output
        assert files_of(target.folder) == before
        for path in target.folder.glob(part):
            path.unlink()
    assert restore(target).exit_code == 0


def test_an_empty_file_is_no_database_and_stays_one(app: Flask, sets: Path, restore, target: Target):
    target.folder.mkdir()
    for name in ("portal.sqlite", "keys.sqlite", "epochs.sqlite"):
        (target.folder / name).touch()
    (target.folder / "files").mkdir()
    (target.folder / "files" / new_id().hex).touch()
    before = files_of(target.folder)
    done = restore(target)
    assert (done.exit_code, "the object storage holds objects already" in done.output) == (1, True), done.output
    assert files_of(target.folder) == before | {"DEV-ONLY.key": (target.folder / "DEV-ONLY.key").read_bytes()}


def test_objects_that_are_in_no_backup_may_be_there(app: Flask, populated, back_up, restore, target: Target):
    """A bucket that keeps versions by itself is in use already."""
    assert back_up("--without-files").exit_code == 0
    (target.folder / "files").mkdir(parents=True)
    (target.folder / "files" / new_id().hex).touch()
    done = restore(target)
    assert done.exit_code == 0, done.output


def test_a_look_writes_nothing(app: Flask, sets: Path, restore, target: Target):
    before = files_of(sets)
    done = restore(target, "--dry-run")
    assert (done.exit_code, "nothing was written" in done.output) == (0, True)
    assert set(files_of(target.folder)) == {"DEV-ONLY.key"}
    assert files_of(sets) == before


def test_a_copy_whose_rows_were_moved(app: Flask, cast: Cast, back_up, populated, tmp_path: Path):
    """A row whose blob is another's is found out before the backup counts; nothing half is left as whole."""
    with cast.at_work():
        one_id, other_id = (str(cast.person(key).id.hex) for key in ("owner", "dispatcher"))
        moved = "update person set contact_sealed = (select contact_sealed from person where hex(id) = upper(:other))"
        db.session.execute(text(f"{moved} where hex(id) = upper(:one)"), {"one": one_id, "other": other_id})
        db.session.commit()
    done = back_up()
    assert (done.exit_code, "does not open" in done.output) == (1, True)
    assert all(
        path.suffix == ".part" for series in ("database", "keys") for path in (tmp_path / "sets" / series).iterdir()
    )
    assert not (tmp_path / "sets/epochs/epochs.sqlite").exists()


def test_keys_that_are_missing_already(app: Flask, cast: Cast, back_up, populated):
    settings = app.extensions["portal.settings"]
    store = Store("key store", settings.keys_url, key_store)
    with store.writing() as connection:
        connection.execute(delete(data_keys).where(data_keys.c.kind == 2))
    store.close()
    done = back_up()
    assert (done.exit_code, "the key store is older than the database" in done.output) == (1, True)
