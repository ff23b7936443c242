"""``flask --app portal …``: each command parses, calls one verb, prints."""

from __future__ import annotations

from flask import Flask

from portal.cli.auditing import audit
from portal.cli.backing_up import backup, restore
from portal.cli.homes import homes
from portal.cli.keys import keys
from portal.cli.keys import without_keys as keys_without_keys
from portal.cli.people import people
from portal.cli.privacy import privacy
from portal.cli.retaining import retention
from portal.cli.rotating import COMMANDS
from portal.cli.serving import serve, work
from portal.cli.setting_up import init, migrate, refused, update_catalogue

MAKE_KEYS = (init, restore, serve)
NEED_KEYS = (audit, backup, migrate, update_catalogue, homes, keys, people, privacy, retention, work)
for command in COMMANDS:
    keys.add_command(command)


def install(app: Flask) -> None:
    """Add the commands to the application's own."""
    for command in (*MAKE_KEYS, *NEED_KEYS):
        app.cli.add_command(command)


def without_keys(app: Flask, reason: str) -> Flask:
    """The command line of an installation whose keys cannot be opened: the others say why they cannot run."""
    for command in MAKE_KEYS:
        app.cli.add_command(command)
    for command in NEED_KEYS:
        said = keys_without_keys(reason) if command is keys else refused(command.name or "", reason)
        app.cli.add_command(said)
    return app
