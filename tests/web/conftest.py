"""What the tests of the shell may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from portal import clock, extensions
from tests.web.shell import build

NOW = datetime(2026, 11, 21, 5, 8, tzinfo=UTC)  # 13:08 in Shanghai, a Saturday


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The shell alone."""
    return build(tmp_path_factory.mktemp("words"))


@pytest.fixture(autouse=True)
def _words_of_the_shell() -> Iterator[None]:
    """Flask-Babel keeps a read catalogue by its language alone, so that of another application must not be met here."""
    vars(extensions.babel).pop("domain_instance", None)
    yield
    vars(extensions.babel).pop("domain_instance", None)


@pytest.fixture(autouse=True)
def _at_one_o_clock() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture(params=["zh", "en"])
def either(request: pytest.FixtureRequest) -> str:
    """Each of the two languages."""
    return str(request.param)
