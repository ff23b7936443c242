"""The chores are listed, and the one that destroys asks first."""

import re
import shutil
import subprocess

import pytest

from tests.rules.tree import ROOT

MAKE = shutil.which("make")
CHORES = (
    "run test test-long cover mutate fuzz check bench lock vendor demo-reset lint types imports templates catalogue"
    " words inventory"
)

pytestmark = pytest.mark.skipif(MAKE is None, reason="make is not on the PATH")


def make(folder, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run make in a folder with an answer at its prompt."""
    command = [str(MAKE), "-f", str(ROOT / "Makefile"), *words]
    return subprocess.run(command, cwd=folder, input=said, capture_output=True, text=True, timeout=60)


@pytest.fixture
def installation(tmp_path):
    """A folder with an instance in it."""
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "portal.sqlite").write_text("rows")
    return tmp_path


def test_help_lists_every_chore():
    listed = re.findall(r"^  make (\S+) +\S", make(ROOT, "help").stdout, flags=re.MULTILINE)
    assert {*CHORES.split(), "help"} == set(listed)


def test_a_reset_needs_a_yes(installation):
    assert make(installation, "demo-reset", said="yes\n").returncode == 0
    assert not (installation / "instance").exists()


@pytest.mark.parametrize("said", ["", "no\n", "y\n", "YES please\n"])
def test_anything_else_keeps_everything(installation, said):
    assert make(installation, "demo-reset", said=said).returncode != 0
    assert (installation / "instance" / "portal.sqlite").read_text() == "rows"


def test_a_production_installation_is_not_a_demo(installation):
    (installation / "instance" / "settings.toml").write_text('public_url = "https://a.invalid"\nmode = "production"\n')
    answer = make(installation, "demo-reset", said="yes\n")
    assert answer.returncode != 0
    assert "production" in answer.stdout
    assert (installation / "instance" / "portal.sqlite").exists()
