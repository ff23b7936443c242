"""A root key that somebody else holds: a key management service, a hardware module, asked over its own protocol."""

from __future__ import annotations

from importlib import import_module
from typing import Literal, Protocol

from portal.config import Settings
from portal.vault.errors import KeyStoreError
from portal.vault.wrapping import KEY, Environment, root_id

_LONGEST = 200


class Provider(Protocol):
    """What a factory named by PORTAL_ROOT_PROVIDER returns. Whatever goes wrong is raised, as any exception.

    ``name`` is part of the root's id: it names one key for ever, and another key has another name. What ``wrap``
    returns is kept as it is and handed to ``unwrap`` with the same context, years later too; with another context
    ``unwrap`` must refuse.
    """

    @property
    def name(self) -> str: ...
    def wrap(self, key: bytes, context: bytes) -> bytes: ...
    def unwrap(self, wrapped: bytes, context: bytes) -> bytes: ...


class ProvidedRoot:
    """A provider as a root of this installation; what it raises becomes one KeyStoreError line."""

    def __init__(self, provider: Provider, environment: Environment) -> None:
        self._provider, self.environment = provider, environment
        self.id = root_id(environment, provider.name.encode())

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """The provider's own bytes. Raises KeyStoreError."""
        return self._asked("wrap", key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The 32-byte key. Raises KeyStoreError."""
        key = self._asked("unwrap", wrapped, context)
        if len(key) != KEY:
            raise KeyStoreError(f"the root key provider {self._provider.name} returned something that is no key")
        return key

    def _asked(self, verb: Literal["wrap", "unwrap"], given: bytes, context: bytes) -> bytes:
        try:
            return bytes(getattr(self._provider, verb)(given, context))
        except Exception as error:  # noqa: BLE001 - whatever a provider raises, the operator reads one line
            raise KeyStoreError(f"the root key provider {self._provider.name} cannot {verb}: {_said(error)}") from None


def provided(named: str, settings: Settings, environment: Environment) -> ProvidedRoot:
    """The root that ``module:factory`` brings. Raises KeyStoreError with one clear line."""
    module, _, factory = named.partition(":")
    try:
        return ProvidedRoot(getattr(import_module(module), factory)(settings), environment)
    except Exception as error:  # noqa: BLE001 - the factory is not ours
        raise KeyStoreError(f"the root key provider {named} cannot be used: {_said(error)}") from None


def _said(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:_LONGEST]
