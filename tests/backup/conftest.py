"""A populated installation to back up, and empty ones to restore into."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from portal.cli.backing_up import restore as restore_command
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.files import Attachment
from portal.models.files.photo import Photo
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Report
from portal.vault.files import CHUNK
from tests.backup.reading import Target
from tests.stage.cast import Cast

PHOTO = bytes(number % 251 for number in range(CHUNK + 99))


def common(cast: Cast) -> Ticket:
    """A report about a common part: a case with a key of its own."""
    return Ticket.report(cast.common(), Defect.current("PUBLIC-01"), Report("电梯停在五楼"), cast.actor("owner"))


def populate(cast: Cast) -> str:
    """Tickets with a photo, a signature, messages; the number of the one with the photo."""
    draft, ticket = uuid4(), cast.ticket("in_work")
    Attachment.add(Photo(PHOTO, "image/jpeg", 1, 1), draft, ticket.subject, cast.actor("technician"))
    ticket.post_progress("正在补防水", by=cast.actor("technician"), draft=draft)
    ticket.say("谢谢", by=cast.actor("owner"))
    cast.ticket("accepted")
    common(cast)
    db.session.commit()
    return ticket.number


@pytest.fixture
def populated(request: pytest.FixtureRequest, cast: Cast) -> Flask:
    with cast.at_work():
        populate(cast)
    return cast.app


@pytest.fixture
def back_up(cast: Cast, tmp_path: Path) -> Callable[..., Result]:
    """Run the command; the sets go to three folders of this test."""

    def run(*more: str) -> Result:
        return cast.app.test_cli_runner().invoke(args=["backup", str(tmp_path / "sets"), *more])

    return run


@pytest.fixture
def restore(cast: Cast, tmp_path: Path) -> Callable[..., Result]:
    """Run the command for a target, with the root key of the test's installation."""

    def run(target: Target, *more: str, sets: Path | None = None) -> Result:
        target.folder.mkdir(exist_ok=True)
        key = cast.app.extensions["portal.settings"].root_key_file
        if not (target.folder / key.name).exists():
            shutil.copy2(key, target.folder / key.name)
        return CliRunner().invoke(restore_command, [str(sets or tmp_path / "sets"), *more], env=target.env)

    return run


@pytest.fixture
def target(tmp_path: Path) -> Target:
    """An empty installation on SQLite."""
    return Target(tmp_path / "restored")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_target(request: pytest.FixtureRequest, tmp_path: Path, stage: ExitStack) -> Target:
    """An empty installation on either database."""
    if request.param == "sqlite":
        return Target(tmp_path / "restored")
    url = stage.enter_context(request.getfixturevalue("postgres_server").database())
    return Target(tmp_path / "restored", url)
