"""A root key that somebody else holds: the protocol, the reference, and the documented example over real HTTP."""

from __future__ import annotations

import sys
from pathlib import Path
from uuid import uuid4

import pytest

from portal.vault import KeyRing, KeyStoreError, Subject, SubjectKind
from portal.vault.installation_secrets import Secrets
from portal.vault.root import RootKey, parse_root, read_root
from portal.vault.wrapping import WRAPPED, root_id
from tests.vault import transit
from tests.vault.conftest import demo_settings, production_settings
from tests.vault.dying import killed
from tests.vault.test_opening import refused
from tests.vault.test_rotating_root import opens, rotate, sealed, secrets_of

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
FILE = "portal.vault.file_provider:root"
ROOT, NEXT = "transit_root:root", "transit_root:next_root"


@pytest.fixture
def service(monkeypatch, tmp_path):
    token = tmp_path / "token"
    token.write_text(f"{transit.TOKEN}\n")
    monkeypatch.syspath_prepend(str(EXAMPLES))
    with transit.serving() as made:
        for name, value in {"URL": made.url, "KEY": "anju", "NEXT_KEY": "anju-2", "TOKEN_FILE": str(token)}.items():
            monkeypatch.setenv(f"TRANSIT_{name}", value)
        yield made
    sys.modules.pop("transit_root", None)


@pytest.fixture
def provided(service, tmp_path):
    return demo_settings(tmp_path / "instance", PORTAL_ROOT_PROVIDER=ROOT)


def test_the_id_is_of_the_name(provided):
    assert read_root(provided).id == root_id("development", b"transit/anju")
    assert read_root(provided).id[0] == 0xDE


def test_an_installation_whose_root_key_is_elsewhere(provided, service):
    provided.instance.mkdir()
    ring = KeyRing.create(provided)
    kept = sealed(ring)
    assert {len(row.wrapped) for row in ring._keys.secrets()} != {WRAPPED}
    ring.close()
    assert {path.name for path in provided.instance.iterdir()} == {"keys.sqlite", "epochs.sqlite"}
    again = KeyRing.open(provided)
    assert opens(again, kept)
    again.close()


def test_the_service_is_asked_at_the_start_and_not_again(provided, service):
    provided.instance.mkdir()
    ring = KeyRing.create(provided)
    kept, others = sealed(ring), [sealed(ring) for _ in range(5)]
    assert opens(ring, kept)
    assert ring.secret("session")
    asked = len(service.asked)
    for subject, _, _ in others:
        ring.erase(subject)
        assert opens(ring, kept)
        assert ring.secret("session")
    assert len(service.asked) == asked
    ring.close()


def test_a_production_installation(service, tmp_path):
    settings = production_settings(tmp_path, PORTAL_ROOT_KEY_FILE="", PORTAL_ROOT_PROVIDER=ROOT)
    settings.instance.mkdir()
    ring = KeyRing.create(settings)
    assert ring._epochs.all()[0].root[0] == 0x50
    ring.close()
    refused(demo_settings(settings.instance, PORTAL_ROOT_PROVIDER=ROOT), "not one of a development installation")


def test_another_key_of_the_service_is_another_root(provided, monkeypatch):
    provided.instance.mkdir()
    KeyRing.create(provided).close()
    monkeypatch.setenv("TRANSIT_KEY", "another")
    refused(provided, "another root key")


def test_a_context_that_is_not_the_same_is_refused_by_the_service(provided, service):
    root = read_root(provided)
    wrapped = root.wrap(b"k" * 32, b"anju/v1/epoch1")
    assert root.unwrap(wrapped, b"anju/v1/epoch1") == b"k" * 32
    with pytest.raises(KeyStoreError, match="transit/anju cannot unwrap: the key service refused with status 400"):
        root.unwrap(wrapped, b"anju/v1/epoch2")


def test_the_service_refuses(provided, service):
    provided.instance.mkdir()
    KeyRing.create(provided).close()
    service.status = 503
    refused(provided, "transit/anju cannot unwrap", "refused with status 503")


def test_the_service_is_down(provided, monkeypatch):
    provided.instance.mkdir()
    KeyRing.create(provided).close()
    monkeypatch.setenv("TRANSIT_URL", "http://127.0.0.1:9")
    refused(provided, "transit/anju cannot unwrap", "does not answer: URLError")


def test_the_token_is_wrong_or_missing(provided, service, monkeypatch, tmp_path):
    provided.instance.mkdir()
    KeyRing.create(provided).close()
    (tmp_path / "token").write_text("hvs.of-somebody-else")
    refused(provided, "refused with status 403")
    (tmp_path / "token").unlink()
    refused(provided, "transit/anju cannot unwrap", "No such file")


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("nowhere_at_all:root", "No module named"),
        ("portal.vault.file_provider:other", "no attribute"),
        ("nonsense", "cannot be used"),
        ("builtins:int", "cannot be used"),
    ],
)
def test_a_provider_that_cannot_be_loaded(tmp_path, named, said):
    refused(demo_settings(tmp_path, PORTAL_ROOT_PROVIDER=named), said)
    with pytest.raises(KeyStoreError):
        KeyRing.create(demo_settings(tmp_path, PORTAL_ROOT_PROVIDER=named))
    assert list(tmp_path.iterdir()) == []


def test_a_provider_that_returns_no_key(provided, service, monkeypatch):
    root = read_root(provided)
    monkeypatch.setattr(root._provider, "unwrap", lambda *_given: b"short")
    with pytest.raises(KeyStoreError, match="returned something that is no key"):
        root.unwrap(b"x", b"y")


def test_what_a_provider_says_is_one_short_line(provided, monkeypatch):
    root = read_root(provided)

    def fails(*_given):
        raise RuntimeError("first line" + "x" * 500 + "\nsecond line")

    monkeypatch.setattr(root._provider, "wrap", fails)
    with pytest.raises(KeyStoreError) as caught:
        root.wrap(b"k" * 32, b"context")
    assert "second" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_from_the_file_to_a_service_to_another_key_and_back(settings, service):
    ring = KeyRing.create(settings)
    kept, secrets = sealed(ring), secrets_of(ring)
    ring.close()
    folder = settings.instance
    to_service = demo_settings(folder, PORTAL_NEXT_ROOT_PROVIDER=ROOT)
    assert killed(lambda: rotate(to_service), Secrets, "take", "after", 2)
    assert "Set PORTAL_ROOT_PROVIDER to what PORTAL_NEXT_ROOT_PROVIDER holds" in rotate(to_service)
    settings.root_key_file.unlink()
    at_service = demo_settings(folder, PORTAL_ROOT_PROVIDER=ROOT)
    with pytest.raises(KeyStoreError, match="must name the next root key"):
        rotate(at_service)
    rotate(demo_settings(folder, PORTAL_ROOT_PROVIDER=ROOT, PORTAL_NEXT_ROOT_PROVIDER=NEXT))
    refused(at_service, "another root key")
    key = f"anju-root-1:development:{'c3' * 32}"
    rotate(demo_settings(folder, PORTAL_ROOT_PROVIDER=NEXT, PORTAL_NEXT_ROOT_KEY=key))
    settings.root_key_file.write_text(key)
    settings.root_key_file.chmod(0o400)
    back = KeyRing.open(settings)
    assert opens(back, kept)
    assert secrets_of(back) == secrets
    back.close()


def test_the_reference_keeps_its_key_in_a_file(settings, tmp_path):
    KeyRing.create(settings).close()
    for name in ("keys.sqlite", "epochs.sqlite"):
        (settings.instance / name).unlink()
    by_file = demo_settings(settings.instance, PORTAL_ROOT_PROVIDER=FILE)
    ring = KeyRing.create(by_file)
    subject, row = Subject(SubjectKind.PERSON, uuid4()), uuid4()
    ring.ensure(subject)
    assert ring.seal_group("person.contact", row, subject, {"name": "王芳"})
    ring.close()
    key = parse_root(settings.root_key_file.read_text())
    assert read_root(by_file).id != key.id
    assert key.key.hex() not in repr(read_root(by_file))
    settings.root_key_file.chmod(0o600)
    settings.root_key_file.write_text(RootKey("development", b"\1" * 32).text)
    refused(by_file, "another root key")
    settings.root_key_file.chmod(0o644)
    refused(by_file, "can be read by others")
