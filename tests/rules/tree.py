"""The project's own files, as the rules read them."""

from __future__ import annotations

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "portal"
TEMPLATES = PORTAL / "templates"
NOT_OURS = {".git", ".venv", "instance", "__pycache__"}


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or would be, in git; without git, all but what is made on the machine."""
    command = [shutil.which("git") or "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return tuple(_walk(ROOT))
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in NOT_OURS or path.suffix in (".mo", ".pyc") or path.name.endswith("_cache"):
            continue
        yield from _walk(path) if path.is_dir() and path.name != ".hypothesis" else [path] * path.is_file()


def name(path: Path) -> str:
    """A file's name from the project's root, as a reader would say it."""
    return path.relative_to(ROOT).as_posix()


@cache
def modules() -> tuple[Path, ...]:
    """The Python files of portal/."""
    return tuple(path for path in files() if path.suffix == ".py" and path.is_relative_to(PORTAL))


def is_revision(path: Path) -> bool:
    """Whether a module is a numbered migration: written once, never read again as code."""
    return path.is_relative_to(PORTAL / "migrations")


@cache
def tree(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))
