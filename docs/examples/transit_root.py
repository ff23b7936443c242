"""A root key that never leaves a key service: HashiCorp Vault's transit engine, or anything that speaks like it.

Make the key there (`vault write -f transit/keys/anju type=aes256-gcm96`), lay this file where Python finds it, and set

    PORTAL_ROOT_PROVIDER=transit_root:root
    TRANSIT_URL=https://vault.example:8200/v1/transit   the engine, without a slash at the end
    TRANSIT_KEY=anju                                    the key's name there; the name is part of the root's id
    TRANSIT_TOKEN_FILE=/run/anju/vault-token            read at every call: a token may be renewed beside us
    TRANSIT_CA_FILE=/etc/anju/vault-ca.pem              optional

`TRANSIT_NEXT_KEY` and PORTAL_NEXT_ROOT_PROVIDER=transit_root:next_root name the key that `keys rotate-root` goes to.
The service is asked at start-up and when keys are rotated, never for a page.
"""

from __future__ import annotations

import base64
import json
import os
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

SECONDS = 5


class TransitProvider:
    """What the portal asks for: a name for ever, ``wrap`` and ``unwrap`` bound to a context."""

    def __init__(self, key: str) -> None:
        self.name = f"transit/{key}"
        self._key = quote(key, safe="")
        self._url = os.environ["TRANSIT_URL"]
        if not self._url.startswith(("https://", "http://127.0.0.1:")):
            raise ValueError("TRANSIT_URL is not https")
        self._token_file = Path(os.environ["TRANSIT_TOKEN_FILE"])
        self._trust = ssl.create_default_context(cafile=os.environ.get("TRANSIT_CA_FILE") or None)

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """The service's own text, such as ``vault:v1:…``."""
        return self._asked("encrypt", "ciphertext", plaintext=_text(key), associated_data=_text(context)).encode()

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The key; the service refuses another context."""
        said = self._asked("decrypt", "plaintext", ciphertext=wrapped.decode(), associated_data=_text(context))
        return base64.b64decode(said, validate=True)

    def _asked(self, verb: str, field: str, **body: str) -> str:
        request = urllib.request.Request(  # noqa: S310 - https, as seen above
            f"{self._url}/{verb}/{self._key}",
            data=json.dumps(body).encode(),
            headers={"X-Vault-Token": self._token_file.read_text().strip(), "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS, context=self._trust) as answer:  # noqa: S310
                found: str = json.load(answer)["data"][field]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"the key service refused with status {error.code}") from None
        except (OSError, ValueError, KeyError) as error:
            raise RuntimeError(f"the key service does not answer: {type(error).__name__}") from None
        return found


def root(_settings: object) -> TransitProvider:
    """The factory for PORTAL_ROOT_PROVIDER."""
    return TransitProvider(os.environ["TRANSIT_KEY"])


def next_root(_settings: object) -> TransitProvider:
    """The factory for PORTAL_NEXT_ROOT_PROVIDER."""
    return TransitProvider(os.environ["TRANSIT_NEXT_KEY"])


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
