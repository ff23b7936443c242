"""Making an installation's keys: what lies there afterwards, what is refused, and a kill between any two steps."""

from __future__ import annotations

import os
import stat
from uuid import uuid4

import pytest

from portal.vault import KeyRing, KeyStoreError, Subject, SubjectKind, creation, root_file
from portal.vault.epochs import EpochStore
from portal.vault.keystore import KeyStore
from tests.vault.conftest import demo_settings, production_settings

ROOT = f"anju-root-1:development:{'a1' * 32}"
KILLED = 9

# Where a process can die: before or after each thing that is committed to the disk.
STEPS = [
    (root_file, "_write", "before"),
    (root_file, "_write", "after"),
    (root_file, "_settle", "after"),
    (root_file, "tidy_root", "before"),
    (creation, "tidy_root", "after"),
    (EpochStore, "prepare_file", "after"),
    (EpochStore, "create", "before"),
    (EpochStore, "create", "after"),
    (KeyStore, "prepare_file", "after"),
    (KeyStore, "create", "before"),
    (KeyStore, "create", "after"),
    (EpochStore, "finish", "before"),
]


def test_what_is_made(settings):
    KeyRing.create(settings).close()
    made = {path.name: stat.S_IMODE(path.stat().st_mode) for path in settings.instance.iterdir()}
    assert made == {"DEV-ONLY.key": 0o400, "keys.sqlite": 0o600, "epochs.sqlite": 0o600}


def test_no_key_lies_in_the_open(settings):
    ring = KeyRing.create(settings)
    stored = b"".join(path.read_bytes() for path in settings.instance.glob("*.sqlite*"))
    assert ring.secret("session") not in stored
    assert bytes.fromhex(settings.root_key_file.read_text()[-65:]) not in stored
    ring.close()


def test_production_keeps_its_root_key_elsewhere(tmp_path):
    settings = production_settings(tmp_path)
    ring = KeyRing.create(settings)
    subject, row = Subject(SubjectKind.PERSON, uuid4()), uuid4()
    ring.ensure(subject)
    blob = ring.seal_group("person.contact", row, subject, {"name": "王芳"})
    assert blob[0] == 0x01
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["root.key"]
    ring.close()


def test_a_root_key_in_the_environment_leaves_no_file(tmp_path):
    settings = demo_settings(tmp_path, PORTAL_ROOT_KEY=ROOT)
    KeyRing.create(settings).close()
    KeyRing.open(settings).close()
    assert not (tmp_path / "DEV-ONLY.key").exists()


def test_a_root_key_that_is_there_is_used(settings):
    settings.root_key_file.write_text(ROOT)
    settings.root_key_file.chmod(0o400)
    KeyRing.create(settings).close()
    assert settings.root_key_file.read_text() == ROOT


def test_it_is_made_once(settings):
    ring = KeyRing.create(settings)
    with pytest.raises(KeyStoreError, match="are there already; nothing was made"):
        KeyRing.create(settings)
    KeyRing.open(settings).close()
    ring.close()


def test_a_lost_epoch_store_is_not_made_anew(settings):
    KeyRing.create(settings).close()
    (settings.instance / "epochs.sqlite").unlink()
    with pytest.raises(KeyStoreError, match="no epoch store; restore its copy, nothing was made"):
        KeyRing.create(settings)
    assert not (settings.instance / "epochs.sqlite").exists()


def test_a_lost_key_store_is_not_made_anew(settings):
    KeyRing.create(settings).close()
    (settings.instance / "keys.sqlite").unlink()
    with pytest.raises(KeyStoreError, match="nothing was made"):
        KeyRing.create(settings)
    assert not (settings.instance / "keys.sqlite").exists()


def test_a_lost_root_key_is_not_made_anew(settings):
    KeyRing.create(settings).close()
    settings.root_key_file.unlink()
    with pytest.raises(KeyStoreError, match="no root key; restore"):
        KeyRing.create(settings)
    assert not settings.root_key_file.exists()


@pytest.mark.parametrize(("where", "name", "moment"), STEPS, ids=lambda part: getattr(part, "__name__", part))
def test_killed_between_two_steps(settings, where, name, moment):
    killed_while_creating(settings, where, name, moment)
    with pytest.raises(KeyStoreError) as caught:
        KeyRing.open(settings)
    assert "\n" not in str(caught.value)
    KeyRing.create(settings).close()
    ring = KeyRing.open(settings)
    assert len(ring.secret("session")) == 32
    ring.close()
    left = {path.name for path in settings.instance.iterdir()}
    assert left == {"DEV-ONLY.key", "keys.sqlite", "epochs.sqlite"}


def test_killed_after_the_last_step(settings):
    killed_while_creating(settings, EpochStore, "finish", "after")
    KeyRing.open(settings).close()


def killed_while_creating(settings, where, name: str, moment: str) -> None:
    """Create in a child process that dies, without any farewell, before or after the step."""
    child = os.fork()
    if child == 0:
        step = getattr(where, name)

        def deadly(*given):
            if moment == "after":
                step(*given)
            os.kill(os.getpid(), KILLED)

        setattr(where, name, deadly)
        KeyRing.create(settings)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == KILLED
