"""What the keys refuse, as the one line a command ends with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from portal import config
from portal.vault import KeyStoreError


@contextmanager
def in_one_line() -> Iterator[None]:
    """What the vault or the settings refuse becomes the command's one line, and its exit status 1."""
    try:
        yield
    except (KeyStoreError, config.SettingsError) as error:
        raise click.ClickException(str(error)) from None
