"""Two tables of the same shape, one sealed and one plain, and the same in StringEncryptedType, on a real database."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from benchmarks.vault import guests
from portal import config
from portal.backends.bus_valkey import bus_for
from portal.extensions import db, prepare_engine
from portal.vault import KeyRing
from tests.servers.databases import Postgres
from tests.servers.postgres import running

DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Stand:
    """An application of the bench's tables. ``suffix`` ends the names of its goals."""

    app: Flask
    ring: KeyRing
    suffix: str


@contextmanager
def stand(database: str) -> Iterator[Stand]:
    """An empty installation whose tables, keys and epochs lie in this kind of database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "instance"
        folder.mkdir()
        settings = config.load(_addresses(stack, database), folder)
        ring = KeyRing.create(settings)
        stack.callback(ring.close)
        app = _application(settings, ring)
        with app.app_context():
            prepare_engine(db.engine)
            db.metadata.create_all(db.engine, tables=guests.TABLES)
            yield Stand(app, ring, "_pg" if database == "postgresql" else "")
            db.session.remove()
            db.engine.dispose()


def _addresses(stack: ExitStack, database: str) -> dict[str, str]:
    if database == "sqlite":
        return {}
    place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    place.chmod(0o755)
    server = Postgres(stack.enter_context(running(place)))
    return {f"PORTAL_{name}_URL": stack.enter_context(server.database()) for name in ("DATABASE", "KEYS", "EPOCHS")}


def _application(settings: config.Settings, ring: KeyRing) -> Flask:
    """No more around the lists than Flask, the templates and the database: what is added shows all the better."""
    app = Flask("benchmarks.vault", static_folder=None)
    app.extensions["portal.keyring"] = ring
    app.extensions["portal.bus"] = bus_for("")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True}
    db.init_app(app)
    return app
