"""The installation's own secrets: random, wrapped under the root, one use each."""

from __future__ import annotations

import os

from portal.vault.errors import KeyStoreError, SealError
from portal.vault.keystore import KeyStore, WrappedSecret
from portal.vault.root import RootKey
from portal.vault.wrapping import KEY, secret_context

# Every store has these; ``index-sm3`` came later and is made when it is wanted.
NAMES = ("audit", "index", "session")
INDEX, SM3 = "index", "index-sm3"


def first_secrets(root: RootKey) -> list[WrappedSecret]:
    """Version 1 of every secret an installation begins with."""
    return [new_secret(root, name, 1) for name in (*NAMES, SM3)]


def new_secret(root: RootKey, name: str, version: int) -> WrappedSecret:
    """A random secret of this name and version, wrapped."""
    return WrappedSecret(name, version, root.id, root.wrap(os.urandom(KEY), secret_context(root.id, name, version)))


class Secrets:
    """The secrets in the open, read once; ``forget`` makes the next question read them again."""

    def __init__(self, store: KeyStore, root: RootKey) -> None:
        self._store, self._root = store, root
        self._all: dict[tuple[str, int], bytes] = {}

    def newest(self, name: str) -> bytes:
        """The 32 bytes of the highest version. Raises KeyStoreError when there is none."""
        found = self._read()
        version = max((version for named, version in found if named == name), default=0)
        return _found(found, name, version)

    def version(self, name: str, version: int) -> bytes:
        """The 32 bytes of one version. Raises KeyStoreError when it is not there."""
        return _found(self._read(), name, version)

    def new(self, name: str, version: int) -> WrappedSecret:
        """A random secret, wrapped and not yet in the store."""
        return new_secret(self._root, name, version)

    def opens(self, row: WrappedSecret) -> bool:
        """Whether a secret of the store opens."""
        try:
            self._open(row)
        except KeyStoreError:
            return False
        return True

    def forget(self) -> None:
        """Look again: another process may have made a version."""
        self._all = {}

    def _read(self) -> dict[tuple[str, int], bytes]:
        known = self._all
        if not known:
            known.update({(row.name, row.version): self._open(row) for row in self._store.secrets()})
        return known

    def _open(self, row: WrappedSecret) -> bytes:
        if row.root != self._root.id:
            raise KeyStoreError(f"the secret {row.name} is wrapped under another root key")
        try:
            return self._root.unwrap(row.wrapped, secret_context(row.root, row.name, row.version))
        except SealError:
            raise KeyStoreError(f"the secret {row.name} does not open; restore the key store from its copy") from None


def _found(known: dict[tuple[str, int], bytes], name: str, version: int) -> bytes:
    if (name, version) not in known:
        raise KeyStoreError(f"the secret {name} is not in the key store; restore it from its copy")
    return known[name, version]
