"""Kill -9 between every two steps of backup and restore: nothing lost, nothing half, and the same command finishes."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from flask import Flask

from portal import clock
from portal.models.base import db, new_id
from portal.models.privacy.replaying import replay_erasures
from portal.vault import KeyRing, KeyStoreError
from portal.vault.ledger import Ledger
from tests.backup.killing import do_backup, do_restore, write_on
from tests.backup.reading import Target, contents, rows
from tests.stage import building
from tests.stage.cast import Cast
from tests.stage.killing import dies, server

BACKUP = [
    ("portal.backup.making:begin", False, 1),
    ("portal.backup.making:begin", False, 2),
    ("portal.backup.making:copy", False, 1),
    ("portal.backup.making:objects.fetch", False, 1),
    ("portal.backup.making:objects.write_list", False, 1),
    ("portal.backup.making:_database", False, 1),
    ("portal.backup.making:_keys", False, 1),
    ("portal.backup.making:_epochs", False, 1),
    ("portal.backup.making:_ledger", False, 1),
    ("portal.backup.making:_describe", False, 1),
    ("portal.backup.making:check", True, 1),
    ("portal.backup.making:check", False, 1),
    ("portal.backup.making:finish", False, 1),
    ("portal.backup.making:replace", False, 1),
    ("portal.backup.making:replace", False, 2),
]
RESTORE = [
    ("portal.backup.restoring:_write", True, 1),
    ("portal.backup.restoring:_write", False, 1),
    ("portal.backup.restoring:_write", False, 2),
    ("portal.backup.restoring:objects.bring", False, 1),
    ("portal.backup.restoring:_bring", False, 1),
    ("portal.backup.restoring:_mark", False, 1),
    ("portal.backup.restoring:upgrade", False, 1),
    ("portal.backup.restoring:copy", False, 3),
    ("portal.backup.restoring:_rows", False, 1),
    ("portal.backup.restoring:_mark", False, 2),
    ("portal.backup.restoring:ledgers.bring", False, 1),
    ("portal.backup.restoring:replay_erasures", False, 1),
    ("portal.backup.restoring:_mark", False, 3),
    ("portal.models.fields.rebuilding:swap", False, 1),
    ("portal.backup.restoring:rebuild_indexes", False, 1),
]
SHORT_BACKUP = (2, 6, 11, 12, 13)
SHORT_RESTORE = (1, 4, 7, 10, 13)


def steps(listed: list, short: tuple[int, ...]) -> list:
    return [
        pytest.param(
            *step, id=f"{number}-{step[0].rpartition(':')[2]}", marks=[] if number in short else pytest.mark.long
        )
        for number, step in enumerate(listed)
    ]


@pytest.fixture
def erased(populated: Flask, cast: Cast) -> Flask:
    """The populated installation, in which a neighbour was erased; the connections are let go of."""
    settings, ring = populated.extensions["portal.settings"], populated.extensions["portal.keyring"]
    with cast.at_work():
        subject = cast.person("neighbour").sealed_subject
        Ledger(settings.ledger, ring.installation, ring.secret("audit")).add([subject], new_id(), clock.now())
        replay_erasures()
    return populated


@pytest.mark.parametrize(("step", "before", "times"), steps(BACKUP, SHORT_BACKUP))
def test_killed_while_backing_up(app: Flask, erased, target: Target, restore, tmp_path: Path, step, before, times):
    settings, sets = app.extensions["portal.settings"], tmp_path / "sets"
    do_backup(settings.instance, settings.database_url, sets)
    kept = rows(app)
    assert dies(step, do_backup, settings.instance, settings.database_url, sets, before=before, time=times)
    done = restore(target)  # what is whole belongs together, whichever set was the last
    assert done.exit_code == 0, done.output
    with target.opened() as again:
        assert rows(again.app) == kept == rows(app)
    do_backup(settings.instance, settings.database_url, sets)
    assert not [path for path in sets.rglob("*") if path.suffix in (".part", ".new")]


@pytest.mark.parametrize(("step", "before", "times"), steps(RESTORE, SHORT_RESTORE))
def test_killed_while_restoring(
    app: Flask, erased, target: Target, restore, back_up, tmp_path: Path, step, before, times
):
    kept = rows(app)
    with app.app_context():
        files = contents()
    assert back_up().exit_code == 0
    target.folder.mkdir()
    shutil.copy2(app.extensions["portal.settings"].root_key_file, target.folder)
    assert dies(step, do_restore, target.env, tmp_path / "sets", before=before, time=times)
    with pytest.raises(KeyStoreError) as caught:
        KeyRing.open(building.settings_of(target.folder))
    assert "\n" not in str(caught.value)
    if not before:
        assert "a restore was interrupted; run it again" in str(caught.value)
    done = restore(target)
    assert done.exit_code == 0, done.output
    with target.opened() as again:
        assert rows(again.app) == kept
        assert contents() == files
    assert not list(target.folder.glob("restoring-*"))


def test_a_backup_while_others_write(any_app: Flask, populated, back_up, restore, target: Target, tmp_path: Path):
    """Keys, rows and files come in all the time: the copy is of one moment, and no row is without its key."""
    settings, ready = any_app.extensions["portal.settings"], tmp_path / "ready"
    writers = [
        server().Process(target=write_on, args=(settings.instance, settings.database_url, ready)) for _ in range(2)
    ]
    for writer in writers:
        writer.start()
    try:
        end = time.monotonic() + 60
        while not ready.exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        made = back_up()
    finally:
        for writer in writers:
            assert writer.pid
            os.kill(writer.pid, signal.SIGKILL)
            writer.join()
    assert made.exit_code == 0, made.output
    done = restore(target)
    assert done.exit_code == 0, done.output
    with target.opened() as again:
        found = rows(again.app)
        assert len(found["ticket"]) > 3
        numbers = {row["id"] for row in found["ticket"]}
        assert {row["ticket_id"] for row in found["ticket_clock"]} == numbers  # each ticket has its clocks
        assert db.session.execute(db.text("pragma foreign_key_check")).all() == []
