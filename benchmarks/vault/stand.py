"""Two tables of the same shape, one sealed and one plain, and the same in StringEncryptedType, on a real database."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

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
    settings: config.Settings
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
        with application(settings, ring) as app:
            db.metadata.create_all(db.engine)
            yield Stand(app, ring, settings, "_pg" if database == "postgresql" else "")


@contextmanager
def application(settings: config.Settings, ring: KeyRing) -> Iterator[Flask]:
    """No more around the tables than Flask, the templates and the database: what is added shows all the better."""
    app = Flask("benchmarks.vault", static_folder=None)
    app.extensions["portal.settings"] = settings
    app.extensions["portal.keyring"] = ring
    app.extensions["portal.bus"] = bus_for("")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True}
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def _addresses(stack: ExitStack, database: str) -> dict[str, str]:
    if database == "sqlite":
        return {}
    here = server(stack)
    return {f"PORTAL_{name}_URL": stack.enter_context(here.database()) for name in ("DATABASE", "KEYS", "EPOCHS")}


def server(stack: ExitStack) -> Postgres:
    """A PostgreSQL of the bench's own until the stack is closed. It does not wait for the disk."""
    place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    place.chmod(0o755)
    return Postgres(stack.enter_context(running(place)))
