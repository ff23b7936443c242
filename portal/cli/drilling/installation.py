"""Installations of the drill: each in a folder of its own, never the real one, whatever the environment says."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask import Flask

from portal import config, create_app
from portal.cli.setting_up import install_keys, ready
from portal.config import Settings
from portal.models.base import db


def settings_of(folder: Path) -> Settings:
    """The settings of an installation in a folder: the embedded stores, no worker, the cheapest passwords allowed."""
    return config.load(
        {"PORTAL_INSTANCE": str(folder), "PORTAL_WORKER": "no", "PORTAL_PASSWORD_MEMORY_KIB": str(19 * 1024)}
    )


@contextmanager
def opened(folder: Path, *, new: bool = False) -> Iterator[Flask]:
    """The application of a folder; a new one is made first. Everything it holds open is let go of afterwards."""
    settings = settings_of(folder)
    app = install_keys(settings) if new else create_app(settings)
    try:
        if new:
            ready(app)
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        app.extensions["portal.keyring"].close()


def copied(file: Path, to: Path) -> Path:
    """A copy of an SQLite database in use, as a replica has it: with what stands in its log."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
    return to
