"""The root key's file and its text."""

from __future__ import annotations

import stat

import pytest

from portal.vault import KeyStoreError
from portal.vault.root import RootKey, parse_root, read_root
from portal.vault.root_file import make_root
from tests.vault.conftest import demo_settings, production_settings

TEXT = f"anju-root-1:development:{'0f' * 32}"


def write(settings, text: str | bytes, mode: int = 0o400) -> None:
    settings.root_key_file.write_bytes(text if isinstance(text, bytes) else text.encode())
    settings.root_key_file.chmod(mode)


def test_a_made_key_is_for_its_owner_only(settings):
    make_root(settings)
    assert stat.S_IMODE(settings.root_key_file.stat().st_mode) == 0o400
    assert read_root(settings).text == settings.root_key_file.read_text()
    assert [path.name for path in settings.root_key_file.parent.iterdir()] == ["DEV-ONLY.key"]


def test_a_key_is_never_written_over(settings):
    make_root(settings)
    before = settings.root_key_file.read_bytes()
    with pytest.raises(KeyStoreError, match="File exists"):
        make_root(settings)
    assert settings.root_key_file.read_bytes() == before


def test_two_keys_are_not_the_same(settings, tmp_path):
    other = demo_settings(tmp_path / "other")
    make_root(settings)
    make_root(other)
    assert read_root(settings).key != read_root(other).key


@pytest.mark.parametrize("text", [TEXT, TEXT + "\n"])
def test_a_newline_may_follow(settings, text):
    write(settings, text)
    assert read_root(settings).key == b"\x0f" * 32


@pytest.mark.parametrize(
    "text",
    ["", "\n", TEXT[:-1], TEXT + "0", TEXT + "\n\n", " " + TEXT, TEXT.upper(), TEXT.replace("-1:", "-2:"),
     TEXT.replace("development", "demo"), TEXT + " ", "0f" * 32, b"\x0f" * 32, b"\xff" * 300],
)  # fmt: skip
def test_anything_else_is_no_root_key(settings, text):
    write(settings, text)
    with pytest.raises(KeyStoreError) as caught:
        read_root(settings)
    assert "0f0f" not in str(caught.value).lower()


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o444, 0o600 | 0o040, 0o644, 0o420, 0o401])
def test_a_file_others_may_touch(settings, mode):
    write(settings, TEXT, mode)
    with pytest.raises(KeyStoreError, match="must have mode 0400"):
        read_root(settings)


def test_a_file_that_is_not_there_or_no_file(settings):
    with pytest.raises(KeyStoreError, match="cannot be read: No such file"):
        read_root(settings)
    settings.root_key_file.mkdir()
    with pytest.raises(KeyStoreError, match="cannot be read"):
        read_root(settings)
    settings.root_key_file.rmdir()
    settings.root_key_file.symlink_to("/dev/null")
    with pytest.raises(KeyStoreError):
        read_root(settings)


def test_the_environment_takes_the_same_text(tmp_path):
    settings = demo_settings(tmp_path, PORTAL_ROOT_KEY=TEXT)
    assert read_root(settings).key == b"\x0f" * 32


def test_a_key_is_bound_to_its_environment(tmp_path):
    production = production_settings(tmp_path, PORTAL_ROOT_KEY=TEXT)
    with pytest.raises(KeyStoreError, match="development key, but PORTAL_MODE is production"):
        read_root(production)
    demo = demo_settings(tmp_path, PORTAL_ROOT_KEY=TEXT.replace("development", "production"))
    with pytest.raises(KeyStoreError, match="production key, but PORTAL_MODE is demo"):
        read_root(demo)


def test_the_key_shows_nowhere():
    root = parse_root(TEXT)
    assert "0f0f" not in repr(root)
    assert repr(b"\x0f" * 32) not in repr(root)
    assert root.id[0] == 0xDE
    assert RootKey("production", root.key).id[0] == 0x50
    assert RootKey("production", root.key).id[1:] == root.id[1:]
