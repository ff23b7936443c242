"""A server lives as long as its run and leaves nothing behind, however the run ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers import shared

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes through /proc")

RUN = """
import sys
from tests.servers import shared
with shared.run_folder() as folder:
    kinds = sys.argv[1:]
    print(folder, *[shared.server(kind) for kind in kinds], flush=True)
    sys.stdin.read()
"""


def processes_of(folder: str) -> list[str]:
    """The running processes that work in the run's folder or name it on their command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if folder in line or folder in str((process / "cwd").readlink()):
                found.append(line)
        except OSError:  # ended meanwhile, or another user's
            continue
    return found


@pytest.fixture
def another_run(postgres_server, valkey_server):
    """A second test run beside this one: its process and its folder. Where this run has no servers, that skips."""
    command = [sys.executable, "-c", RUN, "postgres", "valkey"]
    environment = {name: value for name, value in os.environ.items() if name != shared.FOLDER}
    with subprocess.Popen(
        command, cwd=shared.ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        told = run.stdout.readline().split()
        yield run, told[0]
        run.kill()


def gone(folder: str) -> bool:
    """Whether the run's servers end within a reasonable time."""
    until = time.monotonic() + 30
    while processes_of(folder) and time.monotonic() < until:
        time.sleep(0.05)
    return not processes_of(folder)


def test_the_end_of_a_run_ends_its_servers(another_run):
    run, folder = another_run
    assert any("valkey-server" in line for line in processes_of(folder))
    run.stdin.close()
    assert run.wait(30) == 0
    assert processes_of(folder) == []
    assert not Path(folder).exists()


def test_a_killed_run_takes_its_servers_along(another_run):
    run, folder = another_run
    assert len(processes_of(folder)) >= 4  # two keepers and their servers
    run.send_signal(signal.SIGKILL)
    run.wait(30)
    assert gone(folder)
    assert not Path(folder).exists()


def test_one_run_has_one_server():
    if os.environ.get("PORTAL_TEST_DATABASE_URL"):
        pytest.skip("somebody else's server")
    try:
        assert shared.server("postgres") == shared.server("postgres")
    except shared.Unavailable as reason:
        pytest.skip(str(reason))


def test_what_cannot_start_says_why(tmp_path, monkeypatch):
    with (tmp_path / "alive").open("w"):
        monkeypatch.setenv(shared.FOLDER, str(tmp_path))
        with pytest.raises(shared.Unavailable, match="the abacus server did not start: ModuleNotFoundError"):
            shared.server("abacus")
        with pytest.raises(shared.Unavailable, match="abacus"):
            shared.server("abacus")
