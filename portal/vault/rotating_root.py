"""A new root key: epochs and secrets are wrapped again under it, then it takes the old one's place.

Every row says by id which root wraps it, so the portal starts and serves at any moment in between.
"""

from __future__ import annotations

from portal.vault.epochs import EpochStore
from portal.vault.errors import KeyStoreError
from portal.vault.installation_secrets import Secrets
from portal.vault.keystore import KeyStore
from portal.vault.root import Root
from portal.vault.roots import Roots
from portal.vault.work import Progress

NAME = "rotate-root"


def look(roots: Roots) -> None:
    """Raise KeyStoreError, before anything is begun, when there is no place for a next root."""
    if roots.named_next() is None and not roots.in_file:
        raise KeyStoreError("PORTAL_NEXT_ROOT_KEY or PORTAL_NEXT_ROOT_PROVIDER must name the next root key")


def rotate(roots: Roots, keys: KeyStore, epochs: EpochStore, secrets: Secrets, progress: Progress) -> str:
    """Move everything to the next root; what is left to the operator, one line. Raises KeyStoreError."""
    target = _target(roots, progress)
    progress.advance(0, target.id)
    left = _left(target, keys, epochs)
    progress.expect(progress.work.done + left)
    for epoch in epochs.all():
        if epoch.root != target.id:
            epochs.take(epoch, target)
            progress.advance(1)
    for secret in keys.secrets():
        if secret.root != target.id:
            secrets.take(secret, target)
            progress.advance(1)
    keys.announce()
    keys.overwrite()
    epochs.overwrite()
    if _left(target, keys, epochs):
        raise KeyStoreError("the keys changed while the root key was rotated; run keys rotate-root again")
    return roots.settle(target)


def _target(roots: Roots, progress: Progress) -> Root:
    """The next root; where a killed run had already put it in the old one's place, it is the one in use."""
    named = roots.named_next()
    if named is not None:
        return named
    present = roots.present()
    return present if progress.cursor == present.id else roots.next_in_file()


def _left(target: Root, keys: KeyStore, epochs: EpochStore) -> int:
    named = [row.root for row in epochs.all()] + [row.root for row in keys.secrets()]
    return len(named) - named.count(target.id)
