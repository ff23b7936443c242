"""A small real server for the scripts: the shell under the portal's content policy, a stream, a piece and an upload."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from flask import Flask, Response, make_response, render_template_string, request
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.web.shell import build

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:;"
    " font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
PIECE = (
    '<section id="piece" data-topic="t:1" data-version="{v}" hx-get="/piece" hx-trigger="stale"'
    ' hx-swap="outerMorph" hx-ptag="{v}"><p id="said">at {v}</p></section>'
)


class KeepAlive(WSGIRequestHandler):
    """HTTP/1.1, as a browser expects of a real server: connections are not reset after each answer."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclass
class Upload:
    """What the server answers to the next file: a status and a body."""

    status: int = 201
    answer: dict[str, Any] | str = field(default_factory=dict)


class Stand:
    """The server; a test sets how it answers and reads what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.version = 1
        self.live_status = 200
        self.live_type = "text/event-stream"
        self.piece_status = 200
        self.streams = 0
        self.probes = 0
        self.posts: list[dict[str, list[str]]] = []
        self.pieces: list[int] = []
        self.uploads: list[Upload] = []
        self.received: list[str] = []
        self.removed: list[str] = []
        self.body = ""
        self._open: list[Queue[str | None]] = []
        app = self._app(build(folder))
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=KeepAlive)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """End every stream and stop."""
        self.cut()
        self._server.shutdown()
        self._server.server_close()

    def say(self, version: int | None = None, topic: str = "t:1") -> None:
        """Tell every open stream that the topic has reached a version."""
        self._tell(f"data: {json.dumps({'topic': topic, 'version': version or self.version})}\n\n")

    def beat(self) -> None:
        """Send the heartbeat that scripts can hear."""
        self._tell("event: beat\ndata: 1\n\n")

    def cut(self) -> None:
        """End every open stream."""
        for queue in self._open:
            queue.put(None)
        self._open.clear()

    def _tell(self, text: str) -> None:
        for queue in self._open:
            queue.put(text)

    def _app(self, app: Flask) -> Flask:
        app.add_url_rule("/page", "page", self._page)
        app.add_url_rule("/piece", "piece", self._piece)
        app.add_url_rule("/live", "live", self._live)
        app.add_url_rule("/sent", "sent", self._sent, methods=["POST"])
        app.add_url_rule("/photos", "photos", self._photo, methods=["POST"])
        app.add_url_rule("/photos/<name>", "removal", self._removal, methods=["DELETE"])
        app.add_url_rule("/favicon.ico", "favicon", lambda: ("", 204))  # asked for by answers that are no page
        app.after_request(_guarded)
        return app

    def _page(self) -> str:
        source = "{% extends 'layouts/owner.html' %}{% block title %}Stand{% endblock %}"
        return render_template_string(
            f"{source}{{% block main %}}<h1>Stand</h1>{self.body}{{% endblock %}}",
            live=request.args.get("live"),
            stand=self,
        )

    def piece(self) -> str:
        """The live piece as it stands."""
        return PIECE.format(v=self.version)

    def _piece(self) -> Response:
        self.pieces.append(304 if request.headers.get("HX-PTag") == str(self.version) else self.piece_status)
        if self.pieces[-1] != 200:
            return make_response("<h1>not for you</h1>", self.pieces[-1])
        return make_response(self.piece(), 200, {"HX-PTag": str(self.version)})

    def _live(self) -> Response:
        if "text/event-stream" not in request.headers.get("Accept", ""):
            self.probes += 1
        else:
            self.streams += 1
        if self.live_status != 200 or self.live_type != "text/event-stream":
            return Response("<h1>no stream</h1>", self.live_status, content_type=self.live_type)
        queue: Queue[str | None] = Queue()
        self._open.append(queue)
        return Response(self._stream(queue), content_type="text/event-stream", headers={"Cache-Control": "no-store"})

    def _stream(self, queue: Queue[str | None]) -> Iterator[str]:
        yield f"data: {json.dumps({'topic': 't:1', 'version': self.version})}\n\n"
        while True:
            try:
                text = queue.get(timeout=20)
            except Empty:
                return
            if text is None:
                return
            yield text

    def _sent(self) -> Response:
        self.posts.append(request.form.to_dict(flat=False))
        status = int(request.args.get("status", "200"))
        return make_response(request.args.get("answer", '<p id="done">done</p>'), status)

    def _photo(self) -> Response:
        name = request.files["file"].filename or ""
        planned = self.uploads.pop(0) if self.uploads else Upload()
        if planned.status < 300:
            self.received.append(name)
        answer = planned.answer or {"id": f"id-{len(self.received)}"}
        return make_response(answer if isinstance(answer, str) else json.dumps(answer), planned.status)

    def _removal(self, name: str) -> Response:
        self.removed.append(name)
        return make_response("", 204)


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers.setdefault("Cache-Control", "no-store")
    return response
