"""``app``: a fresh installation for each test; ``any_app``: the same on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from portal.models.base import db
from portal.models.repairs import Ticket
from tests.stage.building import build, close, opened
from tests.stage.cast import Cast
from tests.stage.client import PageClient
from tests.stage.serving import served


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installation on SQLite that is copied."""
    folder = tmp_path_factory.mktemp("built") / "instance"
    build(folder)
    return folder


@pytest.fixture(scope="session")
def built_on_postgres(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, str]]:
    """The same with its tables on PostgreSQL."""
    server = request.getfixturevalue("postgres_server")
    folder = tmp_path_factory.mktemp("built_on_postgres") / "instance"
    with server.database() as url:
        build(folder, url)
        yield folder, url


@pytest.fixture
def stage() -> Iterator[ExitStack]:
    """What has to be closed when the test ends."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def installation(built: Path, tmp_path: Path) -> Path:
    """A copy of the installation, not opened yet."""
    return Path(shutil.copytree(built, tmp_path / "instance"))


@pytest.fixture
def app(installation: Path, stage: ExitStack) -> Flask:
    """An application on SQLite with the cast, this test's own."""
    return _open(stage, installation)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_app(request: pytest.FixtureRequest, tmp_path: Path, stage: ExitStack) -> Flask:
    """The same on either database."""
    if request.param == "sqlite":
        built = request.getfixturevalue("built")
        return _open(stage, Path(shutil.copytree(built, tmp_path / "instance")))
    folder, template = request.getfixturevalue("built_on_postgres")
    url = stage.enter_context(request.getfixturevalue("postgres_server").database(template=template))
    return _open(stage, Path(shutil.copytree(folder, tmp_path / "instance")), url)


@pytest.fixture
def site(installation: Path, stage: ExitStack) -> tuple[Flask, str]:
    """An application that is really served, with its worker and streams: the application and its address."""
    app = opened(installation, PORTAL_WORKER="yes")
    stage.callback(close, app)
    return app, stage.enter_context(served(app))


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> Cast:
    """The people of the test's application."""
    return Cast(_of(request))


@pytest.fixture
def sign_in(request: pytest.FixtureRequest) -> Callable[[str], PageClient]:
    """A browser of somebody of the cast; signing in makes a session row, only one story signs in for real."""
    app = _of(request)
    return lambda key: PageClient.of(app, key)


@pytest.fixture
def client(request: pytest.FixtureRequest) -> PageClient:
    """A browser of nobody."""
    return PageClient.of(_of(request), None)


@pytest.fixture
def at(cast: Cast) -> Callable[..., str]:
    """Bring a ticket to a state, commit, and give its number."""

    def number(state: str, **report: object) -> str:
        with cast.at_work():
            found: str = cast.ticket(state, **report).number  # type: ignore[arg-type]
            db.session.commit()
            return found

    return number


@pytest.fixture
def do(cast: Cast) -> Callable[[str, str], None]:
    """One more step by its usual person, committed."""

    def step(number: str, verb: str) -> None:
        with cast.at_work():
            cast.do(Ticket.reached_by(cast.actor("manager"), number), verb)
            db.session.commit()

    return step


def _of(request: pytest.FixtureRequest) -> Flask:
    if "site" in request.fixturenames:
        served_app: Flask = request.getfixturevalue("site")[0]
        return served_app
    name = "any_app" if "any_app" in request.fixturenames else "app"
    found: Flask = request.getfixturevalue(name)
    return found


def _open(stage: ExitStack, folder: Path, url: str = "") -> Flask:
    app = opened(folder, url)
    stage.callback(close, app)
    return app
