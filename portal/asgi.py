"""The one ASGI application: the pages through a2wsgi, /live beside them, and the worker's thread."""

from __future__ import annotations

from typing import Any

from a2wsgi import WSGIMiddleware
from flask import Flask

from portal import logs
from portal.jobs.worker import Worker
from portal.models.privacy.replaying import replay_erasures
from portal.web.stream import Hub, Receive, Scope, Send

THREADS = 10


class Application:
    """Serves one Flask application; its lifespan starts the hub of the streams, and starts and stops the worker."""

    def __init__(self, app: Flask) -> None:
        self.flask = app
        self._pages: Any = WSGIMiddleware(app.wsgi_app, workers=THREADS)  # type: ignore[arg-type]
        self._hub = Hub(app)
        self._worker = Worker(app) if app.extensions["portal.settings"].worker else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._last(receive, send)
        elif scope["type"] == "http" and scope["path"] == "/live" and scope["method"] == "GET":
            await self._hub.answer(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _last(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._hub.start()
                if self._worker is not None:
                    self._worker.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self._worker is not None:
                    self._worker.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def application(app: Flask) -> Application:
    """The ASGI application of a Flask application, in a process that serves it.

    First it finishes the erasures that a crash or a restore left by halves. Raises KeyStoreError, one line.
    """
    logs.configure()
    with app.app_context():
        replay_erasures()
    return Application(app)


def __getattr__(name: str) -> Application:
    """``portal.asgi:app`` for a server that is started by hand, made when it is asked for."""
    if name != "app":
        raise AttributeError(name)
    from portal import config, create_app

    return application(create_app(config.load()))
