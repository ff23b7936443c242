"""What every release sealed opens for ever: its stores, groups, files, indexes, chain and secrets.

0.1.0 was made by the code as it stood before key work and second index columns came: its stores lack those tables.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from portal.vault import Erased, KeyMissing, KeyRing, SealError, Subject, SubjectKind, chain
from portal.vault.checkpoint import public_key, read_checkpoint
from portal.vault.files import object_length
from portal.vault.stores import KEYS
from tests.rules.tree import ROOT
from tests.vault.conftest import demo_settings
from tests.vault.second import files as second_files
from tests.vault.second import groups as second_groups
from tests.vault.second import keys as second_keys
from tools import release_fixture
from tools.release_fixture import GONE, GROUPS, RELEASES, STORES

ALL = sorted(RELEASES.iterdir())


class Release:
    """A release's fixture, laid out as an installation."""

    def __init__(self, kept: Path, folder: Path) -> None:
        self.kept, self.folder = kept, folder
        self.sealed: dict[str, Any] = json.loads((kept / "sealed.json").read_text("utf-8"))
        for store in STORES:
            with closing(sqlite3.connect(folder / f"{store}.sqlite")) as connection:
                connection.executescript((kept / f"{store}.sql").read_text("utf-8"))
        root = folder / "DEV-ONLY.key"
        root.write_text(self.sealed["root"])
        root.chmod(0o400)
        self.settings = demo_settings(folder)

    def object_of(self, file: dict[str, Any]) -> bytes:
        return bytes.fromhex(file["object"]) if file["object"] else self._large(file)

    def _large(self, file: dict[str, Any]) -> bytes:
        stored = (self.kept / "object.bin").read_bytes()
        assert len(stored) == object_length(file["size"])
        return stored

    def rows(self, store: str, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / f"{store}.sqlite")) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture(params=ALL, ids=lambda path: path.name)
def release(request, tmp_path) -> Release:
    return Release(request.param, tmp_path)


@pytest.fixture
def ring(release):
    opened = KeyRing.open(release.settings)
    yield opened
    opened.close()


def subject_of(kept: dict[str, Any]) -> Subject:
    return Subject(SubjectKind(kept["kind"]), UUID(kept["subject"]))


def test_this_release_has_its_fixture():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert version in {path.name for path in ALL}, "python -m tools.release_fixture makes it"


def test_groups(release, ring):
    kept = release.sealed["groups"]
    assert {(one["blob"][2:4], one["blob"][4:8]) for one in kept} >= {("01", "0001"), ("02", "0001"), ("01", "0002")}
    for one in kept:
        bound = one["label"], UUID(one["row"]), subject_of(one)
        blob = bytes.fromhex(one["blob"])
        if subject_of(one) == GONE:
            with pytest.raises(Erased):
                ring.open_group(*bound, blob)
            continue
        assert ring.open_group(*bound, blob) == one["fields"]
        with pytest.raises(SealError):
            ring.open_group(*bound, blob[:-1] + bytes((blob[-1] ^ 1,)))
        again = ring.seal_group(*bound, one["fields"])
        assert ring.open_group(*bound, again) == one["fields"]


def test_files(release, ring):
    assert {file["blob"][2:4] for file in release.sealed["files"]} == {"01", "02"}
    for file in release.sealed["files"]:
        file_id, subject = UUID(file["id"]), subject_of(file)
        content = bytes(place % 251 for place in range(file["size"]))
        blob, stored = bytes.fromhex(file["blob"]), release.object_of(file)
        assert ring.open_file(file_id, subject, blob, stored) == content
        rewrapped = ring.rewrap_file(file_id, subject, subject, blob)
        assert ring.open_file(file_id, subject, rewrapped, stored) == content


def test_indexes_and_secrets(release, ring):
    for one in release.sealed["indexes"]:
        found = ring.blind_index(one["label"], one["field"], one["normaliser"], one["text"])
        assert found.hex() == one["index"]
    for name, fingerprint in release.sealed["secrets"].items():
        assert hashlib.sha256(ring.secret(name)).hexdigest() == fingerprint


def test_chain(release, ring):
    kept = release.sealed["chain"]
    assert ring.installation.hex == kept["at"]
    found = read_checkpoint(kept["checkpoint"], ring.installation, public_key(ring.secret("audit")))
    found.confirm(*chain.follow([(one["json"].encode(), bytes.fromhex(one["hash"])) for one in kept["events"]]))


def test_its_stores_are_completed_and_go_on(release, ring):
    assert {row[0] for row in release.rows("keys", "SELECT name FROM sqlite_master")} >= set(KEYS.tables)
    newcomer = Subject(SubjectKind.PERSON, UUID(int=77))
    with pytest.raises(KeyMissing):
        ring.seal_group("person.contact", UUID(int=1), newcomer, {"name": "王芳"})
    ring.ensure(newcomer)
    blob = ring.seal_group("person.contact", UUID(int=1), newcomer, {"name": "王芳"})
    with ring.works.alone("rotate-data") as progress:
        progress.advance(1)
    again = KeyRing.open(release.settings)
    assert again.open_group("person.contact", UUID(int=1), newcomer, blob) == {"name": "王芳"}
    again.close()


def test_the_second_implementation_opens_it_from_the_stores_alone(release):
    _, root = second_keys.read_root(release.sealed["root"])
    ((root_id, wrapped),) = release.rows("epochs", "SELECT root, wrapped FROM vault_epoch")
    epoch = second_keys.unwrap(root, wrapped, second_keys.epoch_context(root_id, 1))
    held: dict[bytes, dict[int, bytes]] = {}
    for kind, subject, version, wrapped in release.rows(
        "keys", "SELECT kind, subject, version, wrapped FROM vault_data_key"
    ):
        packed = bytes((kind,)) + subject
        context = second_keys.data_context(1, packed, version)
        held.setdefault(packed, {})[version] = second_keys.unwrap(epoch, wrapped, context)
    opened = 0
    for one in release.sealed["groups"]:
        packed = subject_of(one).packed
        if packed in held:
            bound = one["label"], bytes.fromhex(one["row"]), packed, bytes.fromhex(one["blob"])
            assert second_groups.open_group(held[packed], *bound, development=True) == one["fields"]
            opened += 1
    assert opened == 4 * (len(GROUPS) - 1)
    for file in release.sealed["files"]:
        packed = subject_of(file).packed
        bound = bytes.fromhex(file["id"]), packed, bytes.fromhex(file["blob"]), release.object_of(file)
        content = second_files.open_file(held[packed], *bound, development=True)
        assert content == bytes(place % 251 for place in range(file["size"]))


def test_the_tool_makes_one_and_never_again(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(release_fixture, "RELEASES", tmp_path)
    assert release_fixture.main("9.9") == 0
    (tmp_path / "installation").mkdir()
    made = Release(tmp_path / "9.9", tmp_path / "installation")
    opened = KeyRing.open(made.settings)
    one = made.sealed["groups"][0]
    blob = bytes.fromhex(one["blob"])
    assert opened.open_group(one["label"], UUID(one["row"]), subject_of(one), blob) == one["fields"]
    opened.close()
    assert release_fixture.main("9.9") == 1
    assert "does not change" in capsys.readouterr().out
