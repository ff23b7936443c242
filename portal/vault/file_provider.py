"""The provider protocol in its smallest form, to be read by whoever writes one: the key lies in a file.

``PORTAL_ROOT_PROVIDER=portal.vault.file_provider:root`` with PORTAL_ROOT_KEY_FILE works and protects as much as the
file alone does; a real provider keeps its key where the portal cannot read it.
"""

from __future__ import annotations

import hashlib

from portal.config import Settings
from portal.vault.root import RootKey, read_root_file


class FileProvider:
    """Wraps with AES-256-GCM bound to the context, under the key of a root key file."""

    def __init__(self, key: RootKey) -> None:
        self._key = key
        # Names one key for ever without saying it.
        self.name = f"file/{hashlib.sha256(b'anju/v1/file-provider' + key.key).hexdigest()[:16]}"

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """nonce | ciphertext | tag."""
        return self._key.wrap(key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Open what ``wrap`` made. Raises SealError for another context or key."""
        return self._key.unwrap(wrapped, context)


def root(settings: Settings) -> FileProvider:
    """The factory: it is given the settings and returns the provider. Raises KeyStoreError."""
    return FileProvider(read_root_file(settings))
