"""Installations of keys: new ones in a folder of the test's own, without the rest of the portal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from portal import config
from portal.config import Settings
from portal.vault import KeyRing, Subject, SubjectKind


def demo_settings(folder: Path, **environment: str) -> Settings:
    """The settings of a demonstration whose keys lie in ``folder``."""
    return config.load({"PORTAL_INSTANCE": str(folder), **environment})


def production_settings(folder: Path, **environment: str) -> Settings:
    """The settings of a production installation: instance and root key file are two folders inside ``folder``."""
    return config.load(
        {
            "PORTAL_MODE": "production",
            "PORTAL_INSTANCE": str(folder / "instance"),
            "PORTAL_PUBLIC_URL": "https://anju.example",
            "PORTAL_ROOT_KEY_FILE": str(folder / "keys" / "root.key"),
            **environment,
        }
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return demo_settings(tmp_path)


@pytest.fixture
def open_ring(settings: Settings) -> Iterator[Callable[[], KeyRing]]:
    """Opens the installation once more, as another process would."""
    opened: list[KeyRing] = []

    def open_once_more() -> KeyRing:
        opened.append(KeyRing.open(settings))
        return opened[-1]

    yield open_once_more
    for ring in opened:
        ring.close()


@pytest.fixture
def ring(settings: Settings) -> Iterator[KeyRing]:
    """The ring of a new installation."""
    made = KeyRing.create(settings)
    yield made
    made.close()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyRing]:
    """One ring for a whole module, where examples are many and destroy nothing."""
    made = KeyRing.create(demo_settings(tmp_path_factory.mktemp("lasting")))
    yield made
    made.close()


@pytest.fixture
def person(ring: KeyRing) -> Subject:
    """A person with a key."""
    subject = Subject(SubjectKind.PERSON, uuid4())
    ring.ensure(subject)
    return subject
