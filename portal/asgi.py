"""The one ASGI application: the pages through a2wsgi, and the worker's thread of the embedded default."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from a2wsgi import WSGIMiddleware
from flask import Flask

from portal.jobs.worker import Worker

THREADS = 10

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Application:
    """Serves one Flask application; its lifespan starts and stops the worker."""

    def __init__(self, app: Flask) -> None:
        self.flask = app
        self._pages = WSGIMiddleware(app.wsgi_app, workers=THREADS)  # type: ignore[arg-type]
        self._worker = Worker(app) if app.extensions["portal.settings"].worker else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._pages(scope, receive, send)  # type: ignore[arg-type]

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                if self._worker is not None:
                    self._worker.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self._worker is not None:
                    self._worker.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def application(app: Flask) -> Application:
    """The ASGI application of a Flask application."""
    return Application(app)


def __getattr__(name: str) -> Application:
    """``portal.asgi:app`` for a server that is started by hand, made when it is asked for."""
    if name != "app":
        raise AttributeError(name)
    from portal import config, create_app

    return Application(create_app(config.load()))
