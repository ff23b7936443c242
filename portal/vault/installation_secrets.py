"""The installation's own secrets: random, wrapped under the root, one use each."""

from __future__ import annotations

import os

from portal.vault.errors import KeyStoreError, SealError
from portal.vault.keystore import KeyStore, WrappedSecret
from portal.vault.root import RootKey
from portal.vault.wrapping import KEY, secret_context

NAMES = ("audit", "index", "session")


def first_secrets(root: RootKey) -> list[WrappedSecret]:
    """Version 1 of every secret an installation begins with."""
    return [
        WrappedSecret(name, 1, root.id, root.wrap(os.urandom(KEY), secret_context(root.id, name, 1))) for name in NAMES
    ]


class Secrets:
    """The secrets in the open, read once; ``forget`` makes the next question read them again."""

    def __init__(self, store: KeyStore, root: RootKey) -> None:
        self._store, self._root = store, root
        self._newest: dict[str, bytes] = {}

    def newest(self, name: str) -> bytes:
        """The 32 bytes of the highest version. Raises KeyStoreError when there is none."""
        newest = self._newest
        if not newest:
            newest.update(self._read())
        if name not in newest:
            raise KeyStoreError(f"the secret {name} is not in the key store; restore it from its copy")
        return newest[name]

    def forget(self) -> None:
        """Look again: another process may have made a version."""
        self._newest = {}

    def _read(self) -> dict[str, bytes]:
        rows = sorted(self._store.secrets(), key=lambda row: row.version)
        return {row.name: self._open(row) for row in rows}

    def _open(self, row: WrappedSecret) -> bytes:
        if row.root != self._root.id:
            raise KeyStoreError(f"the secret {row.name} is wrapped under another root key")
        try:
            return self._root.unwrap(row.wrapped, secret_context(row.root, row.name, row.version))
        except SealError:
            raise KeyStoreError(f"the secret {row.name} does not open; restore the key store from its copy") from None
