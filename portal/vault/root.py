"""The root key: the one key outside every store, in a file of its own or in the environment."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.config import Settings
from portal.vault.errors import KeyStoreError
from portal.vault.wrapping import KEY, unwrap, wrap

Environment = Literal["development", "production"]
_FIRST = {"development": 0xDE, "production": 0x50}
_LONGEST = 256


@dataclass(frozen=True, slots=True)
class RootKey:
    """32 bytes and the environment they belong to; a rotation of the root keeps the environment."""

    environment: Environment
    key: bytes = field(repr=False)

    @property
    def id(self) -> bytes:
        """8 bytes: the environment's byte and a hash. What an epoch or a secret names its root by."""
        return bytes((_FIRST[self.environment],)) + hashlib.sha256(b"anju/v1/root" + self.key).digest()[:7]

    @property
    def text(self) -> str:
        """How the key stands in its file, newline and all."""
        return f"anju-root-1:{self.environment}:{self.key.hex()}\n"

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Wrap an epoch key or a secret."""
        return wrap(AESGCM(self.key), key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Open what ``wrap`` made. Raises SealError."""
        return unwrap(AESGCM(self.key), wrapped, context)


def environment_of(settings: Settings) -> Environment:
    """The environment whose keys these settings may touch."""
    return "development" if settings.demo else "production"


def parse_root(text: str) -> RootKey:
    """Read the root's text. Raises KeyStoreError, which never holds the text."""
    found = re.fullmatch(r"anju-root-1:(development|production):([0-9a-f]{64})\n?", text)
    if found is None:
        raise KeyStoreError("the root key is not of the form anju-root-1:development|production:<64 hex digits>")
    return RootKey("development" if found[1] == "development" else "production", bytes.fromhex(found[2]))


def read_root(settings: Settings) -> RootKey:
    """The root key from the environment, or else from its file. Raises KeyStoreError with one clear line."""
    root = parse_root(settings.root_key) if settings.root_key else _read_file(_named(settings))
    if root.environment != environment_of(settings):
        raise KeyStoreError(f"the root key is a {root.environment} key, but PORTAL_MODE is {settings.mode}")
    return root


def root_is_there(settings: Settings) -> bool:
    """Whether there is something to read, before anything is made."""
    return bool(settings.root_key) or _named(settings).exists()


def make_root(settings: Settings) -> None:
    """Write a new root key to its file, mode 0400. Raises KeyStoreError when there is one already.

    The name appears with its whole content on disk or not at all: written beside it first, then linked.
    """
    path = _named(settings)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{_draft(path)}{os.getpid()}")
    try:
        _write(beside, RootKey(environment_of(settings), os.urandom(KEY)).text.encode())
        os.link(beside, path)
        _settle(path.parent)
    except OSError as error:
        raise KeyStoreError(f"the root key file {path} cannot be written: {error.strerror}") from None
    finally:
        tidy_root(settings)


def tidy_root(settings: Settings) -> None:
    """Remove what a process that was killed while it wrote a root key may have left beside the file."""
    path = settings.root_key_file
    if path is None:
        return
    with suppress(OSError):
        for beside in path.parent.iterdir():
            if beside.name.startswith(_draft(path)):
                beside.unlink()


def _draft(path: Path) -> str:
    return f".{path.name}.new-"


def _named(settings: Settings) -> Path:
    if settings.root_key_file is None:
        raise KeyStoreError("PORTAL_ROOT_KEY_FILE must name the root key's file")
    return settings.root_key_file


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


def _read_file(path: Path) -> RootKey:
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_mode & 0o077:
                raise KeyStoreError(f"the root key file {path} can be read by others; it must have mode 0400")
            text = file.read(_LONGEST)
    except OSError as error:
        raise KeyStoreError(f"the root key file {path} cannot be read: {error.strerror}") from None
    return parse_root(text.decode("ascii", "replace"))
