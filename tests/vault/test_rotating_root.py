"""A new root key: everything moves to it, a kill between any two steps is gone on with, others serve meanwhile."""

from __future__ import annotations

import stat
from uuid import UUID, uuid4

import pytest

from portal.vault import Busy, KeyRing, KeyStoreError, Subject, SubjectKind, root_file, roots
from portal.vault.alone import alone
from portal.vault.epochs import EpochStore
from portal.vault.installation_secrets import Secrets
from portal.vault.keystore import KeyStore
from portal.vault.root import parse_root
from portal.vault.roots import Roots
from portal.vault.work import Progress
from tests.vault.conftest import demo_settings
from tests.vault.dying import killed

LABEL = "person.contact"
ONE, TWO = (f"anju-root-1:development:{digits * 32}" for digits in ("a1", "b2"))

# Where a process can die; a step that happens several times has its number.
STEPS = [
    (root_file, "_write", "before", 1),
    (root_file, "_write", "after", 1),
    (root_file, "_settle", "after", 1),
    (Progress, "advance", "before", 1),
    (Progress, "advance", "after", 1),
    (EpochStore, "take", "after", 1),
    (Progress, "advance", "after", 2),
    (EpochStore, "take", "after", 2),
    (Secrets, "take", "before", 1),
    (Secrets, "take", "after", 1),
    (Secrets, "take", "after", 2),
    (Secrets, "take", "after", 4),
    (KeyStore, "announce", "before", 1),
    (KeyStore, "announce", "after", 1),
    (KeyStore, "overwrite", "after", 1),
    (EpochStore, "overwrite", "after", 1),
    (Roots, "settle", "before", 1),
    (roots, "replace_root", "before", 1),
    (root_file.Path, "chmod", "after", 1),
    (root_file.Path, "replace", "after", 1),
    (root_file, "_settle", "after", 2),
    (Roots, "settle", "after", 1),
    (Progress, "end", "before", 1),
    (Progress, "end", "after", 1),
]


def sealed(ring: KeyRing) -> tuple[Subject, UUID, bytes]:
    subject, row = Subject(SubjectKind.PERSON, uuid4()), uuid4()
    ring.ensure(subject)
    return subject, row, ring.seal_group(LABEL, row, subject, {"name": "王芳"})


def opens(ring: KeyRing, kept: tuple[Subject, UUID, bytes]) -> bool:
    subject, row, blob = kept
    return ring.open_group(LABEL, row, subject, blob) == {"name": "王芳"}


def rotate(settings) -> str:
    ring = KeyRing.open(settings)
    try:
        return ring.rotate_root()
    finally:
        ring.close()


def everything(folder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def secrets_of(ring: KeyRing) -> list[bytes]:
    return [ring.secret(name) for name in ("audit", "index", "session", "index-sm3")]


def test_the_file(ring, settings, open_ring):
    kept, before, old = sealed(ring), secrets_of(ring), settings.root_key_file.read_text()
    ring.roll_epoch()
    elsewhere = open_ring()
    said = ring.rotate_root()
    assert "new root key is in its file" in said
    new = settings.root_key_file.read_text()
    assert new != old
    assert stat.S_IMODE(settings.root_key_file.stat().st_mode) == 0o400
    assert old[-65:-1].encode() not in everything(settings.instance)
    assert parse_root(old).id not in everything(settings.instance)
    elsewhere.refresh()
    for opened in (ring, elsewhere, open_ring()):
        assert opens(opened, kept)
        assert secrets_of(opened) == before
        assert opens(opened, sealed(opened))
    with pytest.raises(KeyStoreError, match="another root key"):
        KeyRing.open(demo_settings(settings.instance, PORTAL_ROOT_KEY=old))


def test_again_and_again(ring, settings):
    seen = {settings.root_key_file.read_text()}
    for _ in range(3):
        ring.rotate_root()
        seen.add(settings.root_key_file.read_text())
    assert len(seen) == 4
    assert not list(settings.instance.glob("DEV-ONLY.key?*"))


def test_what_the_old_file_held_is_written_over(ring, settings):
    with settings.root_key_file.open("rb") as old:
        length = len(old.read())
        ring.rotate_root()
        old.seek(0)
        assert old.read() == bytes(length)


def test_a_process_that_never_looked_finds_the_new_key_when_it_needs_it(ring, settings, open_ring):
    elsewhere = open_ring()
    for _ in range(2):
        ring.rotate_root()
    elsewhere.refresh()
    elsewhere.begin_index_rotation()
    elsewhere.roll_epoch()
    assert elsewhere.index_slots()[1].version == 2
    fresh = open_ring()
    assert fresh.secret("index") == elsewhere.secret("index")


def test_never_two_at_once(ring):
    with alone(ring._keys), pytest.raises(Busy):
        ring.rotate_root()


@pytest.mark.parametrize(("where", "name", "moment", "nth"), STEPS, ids=lambda part: getattr(part, "__name__", part))
def test_killed_between_two_steps(settings, where, name, moment, nth):
    ring = KeyRing.create(settings)
    kept = sealed(ring)
    ring.roll_epoch()
    kept_too, secrets, old = sealed(ring), secrets_of(ring), settings.root_key_file.read_text()
    assert killed(lambda: rotate(settings), where, name, moment, nth)
    ring.refresh()
    between = KeyRing.open(settings)
    for opened in (ring, between):
        assert opens(opened, kept)
        assert opens(opened, kept_too)
        assert opens(opened, sealed(opened))
        assert secrets_of(opened) == secrets
    ended = (where, name, moment) == (Progress, "end", "after")
    if not ended:
        between.rotate_root()
    ring.refresh()
    for opened in (ring, between, KeyRing.open(settings)):
        assert opens(opened, kept)
        assert secrets_of(opened) == secrets
        opened.close()
    assert settings.root_key_file.read_text() != old
    assert parse_root(old).id not in everything(settings.instance)
    left = {path.name for path in settings.instance.iterdir()}
    assert left == {"DEV-ONLY.key", "keys.sqlite", "epochs.sqlite", "keys.sqlite-lock"}


def test_a_roll_in_the_midst_of_a_killed_rotation(settings):
    ring = KeyRing.create(settings)
    kept = sealed(ring)
    ring.roll_epoch()
    assert killed(lambda: rotate(settings), EpochStore, "take", "after", 1)
    ring.roll_epoch()
    ring.rotate_root()
    assert opens(ring, kept)
    ring.close()
    fresh = KeyRing.open(settings)
    assert opens(fresh, kept)
    assert {epoch.root for epoch in fresh._epochs.all()} == {Roots(settings).first.id}
    fresh.close()


def test_the_environment(tmp_path):
    settings = demo_settings(tmp_path, PORTAL_ROOT_KEY=ONE)
    ring = KeyRing.create(settings)
    kept = sealed(ring)
    with pytest.raises(KeyStoreError, match="PORTAL_NEXT_ROOT_KEY or PORTAL_NEXT_ROOT_PROVIDER must name"):
        ring.rotate_root()
    assert ring.works.all() == []
    ring.close()
    both = demo_settings(tmp_path, PORTAL_ROOT_KEY=ONE, PORTAL_NEXT_ROOT_KEY=TWO)
    assert killed(lambda: rotate(both), Secrets, "take", "after", 2)
    assert "PORTAL_ROOT_KEY to what PORTAL_NEXT_ROOT_KEY holds" in rotate(both)
    assert "PORTAL_NEXT_ROOT_KEY" in rotate(both)
    with pytest.raises(KeyStoreError, match="another root key"):
        KeyRing.open(settings)
    moved = KeyRing.open(demo_settings(tmp_path, PORTAL_ROOT_KEY=TWO))
    assert opens(moved, kept)
    moved.close()


def test_from_the_file_to_the_environment_after_a_rotation_was_begun_in_the_file(settings):
    ring = KeyRing.create(settings)
    kept = sealed(ring)
    ring.close()
    assert killed(lambda: rotate(settings), Secrets, "take", "after", 1)
    both = demo_settings(settings.instance, PORTAL_NEXT_ROOT_KEY=ONE)
    rotate(both)
    assert not settings.root_key_file.with_name("DEV-ONLY.key.next").exists()
    moved = KeyRing.open(demo_settings(settings.instance, PORTAL_ROOT_KEY=ONE))
    assert opens(moved, kept)
    moved.close()


def test_a_next_key_of_the_other_environment_is_refused(ring, settings):
    wrong = demo_settings(settings.instance, PORTAL_NEXT_ROOT_KEY=TWO.replace("development", "production"))
    before = settings.root_key_file.read_text()
    with pytest.raises(KeyStoreError, match="production key, but PORTAL_MODE is demo"):
        rotate(wrong)
    assert settings.root_key_file.read_text() == before


@pytest.mark.parametrize("mode", [0o440, 0o404])
def test_a_next_file_that_others_can_read_is_refused(ring, settings, mode):
    beside = settings.root_key_file.with_name("DEV-ONLY.key.next")
    beside.write_text(TWO)
    beside.chmod(mode)
    with pytest.raises(KeyStoreError, match="can be read by others"):
        ring.rotate_root()
    KeyRing.open(settings).close()


def test_a_next_key_that_cannot_be_read(ring, settings):
    settings.root_key_file.with_name("DEV-ONLY.key.next").mkdir()
    with pytest.raises(KeyStoreError, match="cannot be read: Is a directory"):
        ring.rotate_root()
