"""What the vault can answer instead of a value. No message holds plaintext, key bytes or a personal value."""

from __future__ import annotations


class VaultError(Exception):
    """The root of the vault's errors."""


class SealError(VaultError):
    """Sealed bytes do not open: changed, moved, cut, or of another environment. It never says which."""

    def __init__(self) -> None:
        super().__init__("the sealed bytes do not open")


class VersionUnknown(SealError):
    """The header names a key version that is not at hand; the ring looks once in the store before it gives up."""


class Erased(VaultError):
    """The subject's keys were destroyed on purpose: an answer of its own, not a failure."""

    def __init__(self) -> None:
        super().__init__("the subject was erased")


class KeyMissing(VaultError):
    """The subject has neither a key nor an erasure row: the key store is older than the database."""

    def __init__(self) -> None:
        super().__init__("a subject has no key: the key store is older than the database; restore its newer copy")


class KeyStoreError(VaultError):
    """A root key or a store that cannot be used; the message is one line for the person who starts the portal."""


class InUse(KeyStoreError):
    """A store was held by others for longer than a writer waits: nothing was written, and it may be tried again."""

    def __init__(self, store: str) -> None:
        super().__init__(f"the {store} is in use and could not be written in time; nothing was lost, try again")


class Busy(KeyStoreError):
    """Another process works on the keys; never two at once."""

    def __init__(self) -> None:
        super().__init__("another command is working on the keys; wait until it has ended")


class ChainError(VaultError):
    """The audit chain or its checkpoint does not hold; the message names the place, never the event's content."""
