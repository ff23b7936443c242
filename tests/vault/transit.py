"""A stand-in for a key service: speaks HTTP on this machine, and really encrypts, bound to the associated data."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "hvs.of-the-test"


class Service(ThreadingHTTPServer):
    """Keys by name, made when first asked for; ``asked`` counts the calls, ``status`` other than 0 refuses them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.keys: dict[str, AESGCM] = {}
        self.asked: list[str] = []
        self.status = 0

    @property
    def url(self) -> str:
        """The engine's address."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1/transit"


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        verb, name = self.path.removeprefix("/v1/transit/").split("/")
        self.server.asked.append(verb)
        key = self.server.keys.setdefault(name, AESGCM(os.urandom(32)))
        about = base64.b64decode(body["associated_data"])
        if self.headers["X-Vault-Token"] != TOKEN:
            return self._answer(403, {"errors": ["permission denied"]})
        if self.server.status:
            return self._answer(self.server.status, {"errors": ["sealed"]})
        try:
            return self._answer(200, {"data": self._worked(verb, key, body, about)})
        except (InvalidTag, ValueError):
            return self._answer(400, {"errors": ["message authentication failed"]})

    def _worked(self, verb: str, key: AESGCM, body: dict[str, str], about: bytes) -> dict[str, str]:
        if verb == "encrypt":
            nonce = os.urandom(12)
            sealed = nonce + key.encrypt(nonce, base64.b64decode(body["plaintext"]), about)
            return {"ciphertext": f"vault:v1:{base64.b64encode(sealed).decode()}"}
        sealed = base64.b64decode(body["ciphertext"].removeprefix("vault:v1:"), validate=True)
        return {"plaintext": base64.b64encode(key.decrypt(sealed[:12], sealed[12:], about)).decode()}

    def _answer(self, status: int, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Service]:
    """The service, answering until the block is left."""
    service = Service()
    thread = threading.Thread(target=service.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        thread.join()
        service.server_close()
