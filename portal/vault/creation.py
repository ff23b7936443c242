"""Making the keys of a new installation, so that a crash between any two steps can be told and finished.

Root key file, then the epoch store (unfinished), then the key store, then the epoch store's word that both stand. Each
store appears whole in one transaction.
"""

from __future__ import annotations

from uuid import uuid4

from portal.config import Settings
from portal.vault import opening
from portal.vault.ciphers import algorithm_of
from portal.vault.epochs import EpochStore
from portal.vault.errors import KeyStoreError
from portal.vault.index_columns import secret_for
from portal.vault.installation_secrets import first_secrets
from portal.vault.keystore import KeyStore
from portal.vault.refusals import in_one_line
from portal.vault.root import Root
from portal.vault.root_file import make_root, root_is_there, tidy_root
from portal.vault.roots import Roots
from portal.vault.stores import Store, epoch_store, key_store


def create(settings: Settings) -> None:
    """Make what is missing. Raises KeyStoreError when the installation has its keys, or had them and lost a part."""
    roots = _roots(settings)
    keys, epochs = opening.stores(settings, roots)
    try:
        with in_one_line("key store or the epoch store"):
            _complete(keys, epochs, roots.first, secret_for(algorithm_of(settings)))
    finally:
        keys.close()
        epochs.close()


def _roots(settings: Settings) -> Roots:
    if not root_is_there(settings):
        _nothing_begun(settings)
        make_root(settings)
    tidy_root(settings)
    return Roots(settings)


def _nothing_begun(settings: Settings) -> None:
    """A new root key cannot open old stores, and would hide that theirs is lost."""
    for store in (
        Store("key store", settings.keys_url, key_store),
        Store("epoch store", settings.epochs_url, epoch_store),
    ):
        with in_one_line(store.name):
            there = store.exists()
            store.close()
        if there:
            raise KeyStoreError(f"the {store.name} is there, but no root key; restore the root key, nothing was made")


def _complete(keys: KeyStore, epochs: EpochStore, root: Root, index: str) -> None:
    begun, both = epochs.exists(), keys.exists()
    if both and not begun:
        raise KeyStoreError("there is a key store but no epoch store; restore its copy, nothing was made")
    if begun and epochs.head()[2]:
        raise KeyStoreError("the stores are there already; nothing was made")
    if not begun:
        epochs.create(uuid4())
    epochs.key(epochs.newest())
    if not both:
        keys.create(epochs.head()[1], first_secrets(root), index)
    epochs.finish()
