"""Third-party scripts are unmodified, listed, and come with their licence."""

import shutil

import pytest

from tools.vendor import VENDOR, integrity, strangers

FOLDERS = sorted(path for path in VENDOR.iterdir() if path.is_dir())
HTMX = VENDOR / "htmx-4.0.1"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_files_are_as_locked(folder):
    assert strangers(folder) == []
    assert (folder / "LICENSE").is_file()


def test_htmx_is_there():
    assert HTMX in FOLDERS


def test_a_change_is_noticed(tmp_path):
    folder = shutil.copytree(HTMX, tmp_path / HTMX.name)
    (folder / "htmx.min.js").write_text("changed")
    (folder / "LICENSE").unlink()
    (folder / "more.js").write_text("")
    assert strangers(folder) == ["LICENSE is missing", "more.js is not in vendor.lock", "htmx.min.js was changed"]


def test_integrity_is_written_as_npm_does():
    # The sum of nothing, as every package lock would write it.
    assert integrity(b"").startswith("sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg")
    assert integrity(b"").endswith("==")
