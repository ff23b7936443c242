"""What a log line says of a request: its id, endpoint, status and time; never its values."""

from __future__ import annotations

import time
from secrets import token_hex

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Give every request an id and write one line when it has been answered."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = token_hex(16)
    g.began = time.perf_counter()


def _end(answer: Response) -> Response:
    answer.headers["X-Request-Id"] = g.request_id
    if answer.status_code == 304:  # every open page asks several times a minute; nothing was read, nothing was shown
        return answer
    log.info(
        "request",
        id=g.request_id,
        endpoint=request.endpoint,
        method=request.method,
        status=answer.status_code,
        ms=round((time.perf_counter() - g.began) * 1000, 1),
    )
    return answer
