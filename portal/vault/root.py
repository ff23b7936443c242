"""The root key: the one key outside every store, in a file of its own, in the environment, or with a provider."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.config import Settings
from portal.vault.errors import KeyStoreError
from portal.vault.provider import provided
from portal.vault.wrapping import Environment, root_id, unwrap, wrap

_LONGEST = 256


class Root(Protocol):
    """What wraps epochs and secrets. ``id`` is what they name it by, 8 bytes that begin with the environment's."""

    @property
    def id(self) -> bytes: ...
    @property
    def environment(self) -> Environment: ...
    def wrap(self, key: bytes, context: bytes) -> bytes: ...
    def unwrap(self, wrapped: bytes, context: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class RootKey:
    """32 bytes and the environment they belong to; a rotation of the root keeps the environment."""

    environment: Environment
    key: bytes = field(repr=False)

    @property
    def id(self) -> bytes:
        """8 bytes: the environment's byte and a hash. What an epoch or a secret names its root by."""
        return root_id(self.environment, self.key)

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


def read_root(settings: Settings) -> Root:
    """The root in use: the provider's, or else the environment's, or else the file's.

    Raises KeyStoreError with one clear line.
    """
    if settings.root_provider:
        return provided(settings.root_provider, settings, environment_of(settings))
    if settings.root_key:
        return fitting(parse_root(settings.root_key), settings)
    return read_root_file(settings)


def named_next(settings: Settings) -> Root | None:
    """The root that the settings name as the next one. Raises KeyStoreError."""
    if settings.next_root_provider:
        return provided(settings.next_root_provider, settings, environment_of(settings))
    return fitting(parse_root(settings.next_root_key), settings) if settings.next_root_key else None


def kind_of_root(settings: Settings) -> str:
    """Where the root in use is, for people."""
    if settings.root_provider:
        return f"provider {settings.root_provider}"
    return "environment" if settings.root_key else f"file {settings.root_key_file}"


def in_file(settings: Settings) -> bool:
    """Whether the root in use is the file's."""
    return not (settings.root_provider or settings.root_key)


def fitting(root: RootKey, settings: Settings) -> RootKey:
    """The same key where it belongs to the environment of these settings. Raises KeyStoreError."""
    if root.environment != environment_of(settings):
        raise KeyStoreError(f"the root key is a {root.environment} key, but PORTAL_MODE is {settings.mode}")
    return root


def file_of(settings: Settings) -> Path:
    """The path of the root key's file. Raises KeyStoreError where no setting names it."""
    if settings.root_key_file is None:
        raise KeyStoreError("PORTAL_ROOT_KEY_FILE must name the root key's file")
    return settings.root_key_file


def read_root_file(settings: Settings) -> RootKey:
    """The key in the file that the settings name. Raises KeyStoreError."""
    return fitting(read_file(file_of(settings)), settings)


def read_file(path: Path) -> RootKey:
    """The key in a file that nobody else may read. Raises KeyStoreError with one clear line."""
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_mode & 0o077:
                raise KeyStoreError(f"the root key file {path} can be read by others; it must have mode 0400")
            text = file.read(_LONGEST)
        replaced = path.stat().st_ino != found.st_ino  # by a rotation, which writes zeros over the old key
    except OSError as error:
        raise KeyStoreError(f"the root key file {path} cannot be read: {error.strerror}") from None
    if replaced:
        return read_file(path)
    return parse_root(text.decode("ascii", "replace"))
