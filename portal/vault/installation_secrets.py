"""The installation's own secrets: random, wrapped under the root, one use each."""

from __future__ import annotations

import os
from collections import defaultdict

from portal.vault.errors import KeyStoreError, SealError
from portal.vault.keystore import KeyStore, WrappedSecret
from portal.vault.root import Root
from portal.vault.roots import Roots
from portal.vault.wrapping import KEY, secret_context

# Every store has these; ``index-sm3`` came later and is made when it is wanted.
NAMES = ("audit", "index", "session")
INDEX, SM3 = "index", "index-sm3"


def first_secrets(root: Root) -> list[WrappedSecret]:
    """Version 1 of every secret an installation begins with."""
    return [new_secret(root, name, 1) for name in (*NAMES, SM3)]


def new_secret(root: Root, name: str, version: int) -> WrappedSecret:
    """A random secret of this name and version, wrapped."""
    return WrappedSecret(name, version, root.id, root.wrap(os.urandom(KEY), secret_context(root.id, name, version)))


class Secrets:
    """The secrets in the open, read once; ``forget`` makes the next question read them again."""

    def __init__(self, store: KeyStore, roots: Roots) -> None:
        self._store, self._roots = store, roots
        self._all: dict[tuple[str, int], bytes] = {}
        # A provider is not asked again for a row that has not changed.
        self._before: dict[WrappedSecret, bytes] = {}

    def newest(self, name: str) -> bytes:
        """The 32 bytes of the highest version. Raises KeyStoreError when there is none."""
        found = self._read()
        version = max((version for named, version in found if named == name), default=0)
        return _found(found, name, version)

    def version(self, name: str, version: int) -> bytes:
        """The 32 bytes of one version. Raises KeyStoreError when it is not there."""
        return _found(self._read(), name, version)

    def versions(self) -> dict[str, list[int]]:
        """The versions that are there, by name."""
        found: dict[str, list[int]] = defaultdict(list)
        for row in sorted(self._store.secrets()):
            found[row.name].append(row.version)
        return dict(found)

    def new(self, name: str, version: int) -> WrappedSecret:
        """A random secret, not yet in the store, wrapped under the root that the others are wrapped under."""
        others = self._store.secrets()
        return new_secret(self._roots.of(others[0].root, self._store.name), name, version)

    def take(self, before: WrappedSecret, root: Root) -> None:
        """Wrap one version again under another root, unless somebody changed it meanwhile."""
        wrapped = root.wrap(self._unwrapped(before), secret_context(root.id, before.name, before.version))
        self._store.replace_secret(before, before._replace(root=root.id, wrapped=wrapped))

    def opens(self, row: WrappedSecret) -> bool:
        """Whether a secret of the store opens."""
        try:
            self._unwrapped(row)
        except KeyStoreError:
            return False
        return True

    def forget(self) -> None:
        """Look again: another process may have made a version."""
        self._all = {}

    def _read(self) -> dict[tuple[str, int], bytes]:
        known = self._all
        if not known:
            before = self._before
            self._before = now = {row: before.get(row) or self._unwrapped(row) for row in self._store.secrets()}
            known.update({(row.name, row.version): key for row, key in now.items()})
        return known

    def _unwrapped(self, row: WrappedSecret) -> bytes:
        try:
            root = self._roots.of(row.root, f"secret {row.name}")
            return root.unwrap(row.wrapped, secret_context(row.root, row.name, row.version))
        except SealError:
            raise KeyStoreError(f"the secret {row.name} does not open; restore the key store from its copy") from None


def _found(known: dict[tuple[str, int], bytes], name: str, version: int) -> bytes:
    if (name, version) not in known:
        raise KeyStoreError(f"the secret {name} is not in the key store; restore it from its copy")
    return known[name, version]
