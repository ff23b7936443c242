"""Serving and working."""

from __future__ import annotations

import signal

import click
import uvicorn
from flask import Flask, current_app
from flask.cli import with_appcontext

from portal import config, logs
from portal.cli.hardening import harden
from portal.cli.in_one_line import in_one_line
from portal.cli.setting_up import install_keys, ready
from portal.jobs.worker import Worker
from portal.models.privacy.replaying import replay_erasures

GRACE_SECONDS = 3  # open streams do not hold up a stop: their pages connect again


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True)
@in_one_line()
def serve(host: str, port: int) -> None:
    """Serve the portal. A demonstration makes its keys, tables and data first, when they are missing."""
    from portal.asgi import application

    harden()
    settings = config.load(port=port)
    if settings.demo and host not in ("127.0.0.1", "localhost", "::1"):
        raise config.SettingsError("PORTAL_MODE=demo serves the loopback address only")
    app = install_keys(settings) if settings.demo else _opened(settings)
    ready(app)
    if settings.demo:
        from portal.demo.player import ensure, greeting

        with app.app_context():
            ensure(click.echo)
        click.echo(greeting(settings.public_url))
    uvicorn.run(
        application(app),
        host=host,
        port=port,
        log_level="warning",
        loop="asyncio",
        http="h11",
        lifespan="on",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


@click.command()
@with_appcontext
@in_one_line()
def work() -> None:
    """Run the jobs of this installation until stopped: the worker of a larger one."""
    harden()
    logs.configure()
    replay_erasures()
    worker = Worker(current_app._get_current_object())  # type: ignore[attr-defined]
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    try:
        worker.run()
    except KeyboardInterrupt:
        worker.stop()


def _opened(settings: config.Settings) -> Flask:
    from portal import create_app

    return create_app(settings)
