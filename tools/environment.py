"""Build .venv from the lock files, or make the lock files again.

    python3 -m tools.environment install run|dev
    python3 -m tools.environment lock [--upgrade]

Needs a Python with its pip and nothing else; no root. pip installs uv by hash, uv installs the rest by hash. uv reads
no pip configuration, so the mirror that a developer has in pip.conf is handed on through the environment: no
address is ever written to a file.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import OLDEST
from tools.mirrors import pip_options, uv_environment

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
PARTIAL = ("extra-index-url", "find-links", "no-index")

Command = list[str | Path]


def install(name: str) -> None:
    """Make .venv hold exactly what ``requirements/<name>.txt`` pins; does nothing when it already does."""
    with _alone():
        stamp = VENV / f".installed-{name}"
        wanted = _fingerprint("uv", name)
        if _works() and stamp.is_file() and stamp.read_text() == wanted:
            return
        _environment()
        pip = _pip()
        lock = LOCKS / f"{name}.txt"
        print(f"Installing {_count(lock)} packages into .venv (requirements/{name}.txt)", flush=True)
        if not (_install_uv(pip) and _uv_installs(lock, uv_environment(pip_options(pip)))):
            print("uv could not do it; trying pip with the same lock file", flush=True)
            _run([*pip, "install", "--quiet", "--require-hashes", "--no-deps", "-r", lock])
        stamp.write_text(wanted)


def resolve(*, upgrade: bool) -> None:
    """Resolve pyproject.toml anew; without ``upgrade`` a pinned version stays while it still fits."""
    with _alone():
        _environment()
        pip = _pip()
        if not _install_uv(pip):
            raise SystemExit("make lock needs uv")
        # The main index alone: a further one that holds only some files would lock out every other machine.
        options = {name: value for name, value in pip_options(pip).items() if name not in PARTIAL}
        environment = uv_environment(options)
    more = ["--upgrade"] if upgrade else []
    project = ROOT / "pyproject.toml"
    _compile("uv", ["-", *more], environment, given="uv\n")
    _compile("run", [project, *more], environment)
    wanted: Command = ["--extra", "scale", "--group", "dev", "--constraint", LOCKS / "run.txt"]
    _compile("dev", [project, *wanted, *more], environment)


def _compile(name: str, arguments: Command, environment: dict[str, str], given: str = "") -> None:
    shape = "--universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet"
    silent = "--no-emit-index-url --no-emit-find-links"
    command: Command = [UV, "pip", "compile", *shape.split(), *silent.split(), *arguments]
    command += ["--output-file", LOCKS / f"{name}.txt"]
    subprocess.run(command, check=True, cwd=ROOT, env=environment, input=given, text=True)
    print(f"requirements/{name}.txt: {_count(LOCKS / f'{name}.txt')} packages", flush=True)


@contextmanager
def _alone() -> Iterator[None]:
    """Two chores at once take turns, so that neither meets a half-built environment."""
    with (ROOT / "Makefile").open() as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


def _works() -> bool:
    if not PYTHON.exists():
        return False
    return _quiet([PYTHON, "-c", f"import sys; sys.exit(sys.version_info < {OLDEST})"])


def _environment() -> None:
    if _works():
        return
    # Without pip of its own: a Debian Python that lacks ensurepip can still make this one.
    _run([sys.executable, "-m", "venv", "--without-pip", "--clear", VENV])


def _pip() -> Command:
    """A pip that installs into .venv: this Python's, else the one that comes bundled with Python."""
    if _quiet([sys.executable, "-m", "pip", "--version"]):
        return [sys.executable, "-m", "pip", "--python", PYTHON, "--disable-pip-version-check"]
    if _quiet([PYTHON, "-m", "ensurepip"]):
        return [PYTHON, "-m", "pip", "--disable-pip-version-check"]
    raise SystemExit(f"{sys.executable} has no pip: install it (Debian: python3-pip), or choose another PYTHON=")


def _install_uv(pip: Command) -> bool:
    stamp = VENV / ".installed-uv"
    wanted = _fingerprint("uv")
    if UV.exists() and stamp.is_file() and stamp.read_text() == wanted:
        return True
    command: Command = [*pip, "install", "--quiet", "--require-hashes", "-r", LOCKS / "uv.txt"]
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        return False
    stamp.write_text(wanted)
    return True


def _uv_installs(lock: Path, environment: dict[str, str]) -> bool:
    command: Command = [UV, "pip", "install", "--python", PYTHON, "--require-hashes", "--no-deps"]
    command += ["--only-binary", ":all:", "--quiet", "-r", lock]
    return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode == 0


def _fingerprint(*names: str) -> str:
    return hashlib.sha256(b"".join((LOCKS / f"{name}.txt").read_bytes() for name in names)).hexdigest()


def _count(lock: Path) -> int:
    return sum("==" in line for line in lock.read_text().splitlines())


def _run(command: Command) -> None:
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        raise SystemExit(f"could not run: {' '.join(map(str, command[1:]))}")


def _quiet(command: Command) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _main(arguments: list[str]) -> None:
    if arguments[:1] == ["install"] and arguments[1:] in (["run"], ["dev"]):
        install(arguments[1])
    elif arguments[:1] == ["lock"] and arguments[1:] in ([], ["--upgrade"]):
        resolve(upgrade="--upgrade" in arguments)
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    _main(sys.argv[1:])
