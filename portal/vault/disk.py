"""Opened files and folders: read whole, written whole, and remembered by the disk."""

from __future__ import annotations

import os
from pathlib import Path

_READ = 1 << 20


def whole(opened: int) -> bytes:
    """Everything from where the file stands to its end."""
    parts = iter(lambda: os.read(opened, _READ), b"")
    return b"".join(parts)


def write(opened: int, content: bytes) -> None:
    """All of it: the system may take less at a time."""
    left = memoryview(content)
    while left:
        left = left[os.write(opened, left) :]


def settle(folder: Path) -> None:
    """Have the folder remember the names in it."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
