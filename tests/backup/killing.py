"""What is done in processes that are killed."""

from __future__ import annotations

import os
from pathlib import Path

from click.testing import CliRunner

from portal.cli.backing_up import backup, restore  # noqa: F401 - the commands' modules are patched by name
from portal.models.base import db
from tests.backup.conftest import common
from tests.stage import building
from tests.stage.cast import Cast


def do_backup(folder: Path, url: str, sets: Path) -> None:
    """The command, in a process of its own."""
    app = building.opened(folder, url)
    done = app.test_cli_runner().invoke(args=["backup", str(sets)])
    assert done.exit_code == 0, done.output


def do_restore(env: dict[str, str], sets: Path) -> None:
    """The same."""
    os.environ.update(env)
    done = CliRunner().invoke(restore, [str(sets)])
    assert done.exit_code == 0, done.output


def write_on(folder: Path, url: str, ready: Path) -> None:
    """Report for ever, each time with a key of its own, until killed."""
    app = building.opened(folder, url)
    while True:
        with app.app_context():
            cast = Cast(app)
            common(cast)
            cast.ticket()
            db.session.commit()
        ready.touch()
