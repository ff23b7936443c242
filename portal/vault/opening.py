"""What is looked at before an installation's keys are used: a wrong, mixed or half-written store shows here."""

from __future__ import annotations

from uuid import UUID

from portal.config import Settings
from portal.vault.epochs import EpochStore
from portal.vault.errors import KeyStoreError, SealError
from portal.vault.installation_secrets import NAMES, Secrets
from portal.vault.keystore import KeyStore, WrappedKey
from portal.vault.refusals import in_one_line
from portal.vault.roots import Roots
from portal.vault.stores import FORMAT, works
from portal.vault.subjectkeys import open_data_key
from portal.vault.work import RESTORE, Works


def stores(settings: Settings, roots: Roots) -> tuple[KeyStore, EpochStore]:
    """The two stores, not looked into yet. Raises KeyStoreError when they are one database."""
    if settings.keys_url == settings.epochs_url:
        raise KeyStoreError(
            "PORTAL_KEYS_URL and PORTAL_EPOCHS_URL must be two databases: together they undo an erasure"
        )
    return KeyStore(settings.keys_url), EpochStore(settings.epochs_url, roots)


def restored(keys: KeyStore) -> None:
    """Refuse an installation whose restore was interrupted: its stores may not match yet. Raises KeyStoreError."""
    with in_one_line(keys.name):
        if keys.exists() and keys.has(works) and Works(keys).unfinished(RESTORE):
            raise KeyStoreError("a restore was interrupted; run it again with the same folders to finish it")


def check(keys: KeyStore, epochs: EpochStore, roots: Roots) -> None:
    """Compare the stores with each other and with the roots, and open what everything else hangs on."""
    with in_one_line(epochs.name):
        installation, finished = _epoch_head(epochs)
    with in_one_line(keys.name):
        _key_head(keys, installation, finished)
        _secrets(keys, roots)
    with in_one_line(epochs.name):
        _roots({row.root for row in epochs.all()}, roots, epochs.name)
        epochs.key(epochs.newest())
    with in_one_line(keys.name):
        sample = keys.sample()
    with in_one_line(epochs.name):
        _data_keys(sample, epochs)


def _epoch_head(epochs: EpochStore) -> tuple[UUID, bool]:
    if not epochs.exists():
        raise KeyStoreError("there is no epoch store; make the keys of a new installation, or restore its copy")
    number, installation, finished = epochs.head()
    _format(number, epochs.name)
    return installation, finished


def _key_head(keys: KeyStore, installation: UUID, finished: bool) -> None:
    there = keys.exists()
    if not finished:
        raise KeyStoreError("the making of the keys was interrupted; make them again to finish it")
    if not there:
        raise KeyStoreError("there is no key store beside the epoch store; restore its copy")
    number, named = keys.head()
    _format(number, keys.name)
    if named != installation:
        raise KeyStoreError("the key store and the epoch store belong to different installations")


def _secrets(keys: KeyStore, roots: Roots) -> None:
    _roots({row.root for row in keys.secrets()}, roots, keys.name)
    secrets = Secrets(keys, roots)
    for name in NAMES:
        secrets.newest(name)


def _data_keys(sample: list[WrappedKey], epochs: EpochStore) -> None:
    """One data key of every epoch: an epoch store of another day lacks the number, or holds another key under it."""
    for row in sample:
        try:
            open_data_key(epochs, row)
        except SealError:
            raise KeyStoreError(f"a data key of epoch {row.epoch} does not open; the two stores do not match") from None


def _roots(named: set[bytes], roots: Roots, store: str) -> None:
    for root_id in named:
        roots.of(root_id, store)


def _format(number: int, store: str) -> None:
    if number != FORMAT:
        raise KeyStoreError(f"the {store} has format {number}; this portal reads format {FORMAT}")
