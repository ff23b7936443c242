"""``flask --app portal …``: each command parses, calls one verb, prints."""

from __future__ import annotations

from flask import Flask

from portal.cli.auditing import audit
from portal.cli.homes import homes
from portal.cli.people import people
from portal.cli.serving import serve, work
from portal.cli.setting_up import init, migrate, refused, update_catalogue

MAKE_KEYS = (init, serve)
NEED_KEYS = (migrate, update_catalogue, homes, people, audit, work)


def install(app: Flask) -> None:
    """Add the commands to the application's own."""
    for command in (*MAKE_KEYS, *NEED_KEYS):
        app.cli.add_command(command)


def without_keys(app: Flask, reason: str) -> Flask:
    """The command line of an installation whose keys cannot be opened: the others say why they cannot run."""
    for command in MAKE_KEYS:
        app.cli.add_command(command)
    for command in NEED_KEYS:
        app.cli.add_command(refused(command.name or "", reason))
    return app
