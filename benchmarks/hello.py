"""The reference: a bare Flask application on the same server."""

from __future__ import annotations

from a2wsgi import WSGIMiddleware
from flask import Flask

from portal.asgi import THREADS

bare = Flask("hello", static_folder=None)


@bare.get("/")
def hello() -> str:
    """Nothing but a word."""
    return "hello"


app = WSGIMiddleware(bare.wsgi_app, workers=THREADS)  # type: ignore[arg-type]
