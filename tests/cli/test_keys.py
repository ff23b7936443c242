"""``flask --app portal keys``: what each command says, also where there are no keys or others are at work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo

from portal import create_app
from portal.vault import KeyRing, Subject, SubjectKind
from portal.vault.alone import alone
from portal.vault.keys_by_epoch import keys_in_epochs
from tests.vault.conftest import demo_settings
from tests.vault.test_rolling import opens, sealed


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_INSTANCE", str(tmp_path / "instance"))
    return demo_settings(tmp_path / "instance")


@pytest.fixture
def run():
    def keys(*words: str):
        app = create_app()
        try:
            return CliRunner().invoke(app.cli, ["keys", *words], obj=ScriptInfo(create_app=lambda: app))
        finally:
            if "portal.keyring" in app.extensions:
                app.extensions["portal.keyring"].close()

    return keys


def test_init_makes_the_keys_and_only_says_so_the_second_time(run, settings):
    made = run("init")
    assert made.exit_code == 0
    assert "The keys are made." in made.output
    files = {path.name: path.read_bytes() for path in settings.instance.glob("*.sqlite")}
    again = run("init")
    assert again.exit_code == 0
    assert "stand already; nothing was made" in again.output
    assert {path.name: path.read_bytes() for path in settings.instance.glob("*.sqlite")} == files
    assert {path.name for path in settings.instance.glob("*.sqlite")} == {"keys.sqlite", "epochs.sqlite"}


def test_init_says_what_is_lost(run, settings):
    run("init")
    (settings.instance / "epochs.sqlite").unlink()
    said = run("init")
    assert (said.exit_code, said.output.count("\n")) == (1, 1)
    assert "no epoch store" in said.output


@pytest.mark.parametrize("command", ["status", "rotate-root", "roll-epoch"])
def test_without_keys_every_command_says_why(run, settings, command):
    said = run(command)
    assert (said.exit_code, said.output.count("\n")) == (1, 1)
    assert "cannot be read: No such file" in said.output
    assert not settings.instance.exists()


def test_status(run, settings):
    ring = KeyRing.create(settings)
    sealed(ring, 3)
    gone = Subject(SubjectKind.TENURE, sealed(ring)[0][0].id)
    ring.ensure(gone)
    ring.erase(gone)
    ring.roll_epoch()
    ring.close()
    said = run("status")
    assert said.exit_code == 0
    for line in (
        "(development, file ",
        "AES-256-GCM with HMAC-SHA-256",
        "epoch        1: 0 days old, 0 keys",
        "epoch        2: 0 days old, 4 keys",
        "data keys    person: 4",
        "erased       1",
        "secret       index-sm3: version 1",
        "index column 0: index version 1",
        "work         roll-epoch: 4 of 4, ended",
    ):
        assert line in said.output
    assert "overdue" not in said.output


def test_status_says_what_is_to_be_done(run, settings):
    ring = KeyRing.create(settings)
    with ring._epochs.writing() as connection:
        connection.exec_driver_sql("UPDATE vault_epoch SET made_at = made_at - 31 * 24 * 3600")
    with pytest.raises(ZeroDivisionError), ring.works.alone("roll-epoch"):
        raise ZeroDivisionError
    ring.close()
    said = run("status").output
    assert "epoch        1: 31 days old" in said
    assert "the newest is older than 30 days: run keys roll-epoch" in said
    assert "not ended: runs, or waits to be called again" in said


def test_the_commands_rotate(run, settings):
    ring = KeyRing.create(settings)
    kept = sealed(ring, 5)
    old = settings.root_key_file.read_text()
    assert "Epoch 2 wraps every data key." in run("roll-epoch").output
    assert "new root key is in its file" in run("rotate-root").output
    assert settings.root_key_file.read_text() != old
    ring.refresh()
    assert opens(ring, kept)
    ring.close()


@pytest.mark.parametrize("command", ["roll-epoch", "rotate-root"])
def test_never_two_at_once(run, settings, command):
    ring = KeyRing.create(settings)
    with alone(ring._keys):
        said = run(command)
    ring.close()
    assert said.exit_code == 1
    assert "another command is working on the keys; wait until it has ended" in said.output
    assert "Traceback" not in said.output


def test_the_command_itself_is_killed_and_called_again(settings):
    ring = KeyRing.create(settings)
    kept = sealed(ring, 6_000)
    command = [sys.executable, "-m", "flask", "--app", "portal", "keys", "roll-epoch"]
    child = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while child.poll() is None and keys_in_epochs(ring._keys).get(2, 0) == 0:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    ring.refresh()
    assert opens(ring, kept[:50])
    again = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True)
    assert "Epoch 2 wraps" in again.stdout
    assert keys_in_epochs(ring._keys) == {2: 6_000}
    ring.refresh()
    assert opens(ring, kept)
    ring.close()
