"""``flask --app portal keys …``: work on the keys of the installation."""

from __future__ import annotations

from flask.cli import AppGroup

keys = AppGroup("keys", help="Keys of the installation.")
