"""Writing root key files: a new one appears whole or not at all, and the next one takes the place of the last.

While the root is rotated two files lie side by side, ``<file>`` and ``<file>.next``.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from portal.config import Settings
from portal.vault.errors import KeyStoreError
from portal.vault.root import RootKey, environment_of, file_of, fitting, in_file, read_file
from portal.vault.wrapping import KEY


def root_is_there(settings: Settings) -> bool:
    """Whether there is something to read, before anything is made."""
    return not in_file(settings) or file_of(settings).exists()


def make_root(settings: Settings) -> None:
    """Write a new root key to its file, mode 0400. Raises KeyStoreError when there is one already.

    The name appears with its whole content on disk or not at all: written beside it first, then linked.
    """
    path = file_of(settings)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _appear(path, settings)


def read_next_file(settings: Settings) -> RootKey | None:
    """The key of a rotation that was begun; None when there is no such file. Raises KeyStoreError."""
    path = _next(file_of(settings))
    try:
        return fitting(read_file(path), settings) if path.exists() else None
    except KeyStoreError:
        if path.exists():
            raise
        return None  # it has just taken the other's place


def make_next(settings: Settings) -> RootKey:
    """The next root key beside the present one, written unless it lies there already. Raises KeyStoreError."""
    path = _next(file_of(settings))
    if not path.exists():
        _appear(path, settings)
    return fitting(read_file(path), settings)


def replace_root(settings: Settings) -> None:
    """Let the next key take the file's name, and write zeros over what the file held.

    A disk may keep old blocks elsewhere all the same. Raises KeyStoreError; once more does no harm.
    """
    path, beside = file_of(settings), _next(file_of(settings))
    if not beside.exists():
        return
    try:
        path.chmod(0o600)
        with path.open("r+b", buffering=0) as old:
            beside.replace(path)
            _settle(path.parent)
            old.write(bytes(os.fstat(old.fileno()).st_size))
            os.fsync(old.fileno())
    except OSError as error:
        raise KeyStoreError(f"the root key file {path} cannot be replaced: {error.strerror}") from None


def drop_next(settings: Settings) -> None:
    """Remove the file of a rotation that went elsewhere in the end; no row names its key any more."""
    if settings.root_key_file is not None:
        with suppress(FileNotFoundError):
            _next(settings.root_key_file).unlink()


def tidy_root(settings: Settings) -> None:
    """Remove what a process that was killed while it wrote a root key may have left beside the file."""
    path = settings.root_key_file
    if path is None:
        return
    with suppress(OSError):
        for beside in path.parent.iterdir():
            if beside.name.startswith((_draft(path), _draft(_next(path)))):
                beside.unlink()


def _appear(path: Path, settings: Settings) -> None:
    beside = path.with_name(f"{_draft(path)}{os.getpid()}")
    try:
        _write(beside, RootKey(environment_of(settings), os.urandom(KEY)).text.encode())
        os.link(beside, path)
        _settle(path.parent)
    except OSError as error:
        raise KeyStoreError(f"the root key file {path} cannot be written: {error.strerror}") from None
    finally:
        tidy_root(settings)


def _next(path: Path) -> Path:
    return path.with_name(f"{path.name}.next")


def _draft(path: Path) -> str:
    return f".{path.name}.new-"


def _write(path: Path, content: bytes) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(opened, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(opened)


def _settle(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
