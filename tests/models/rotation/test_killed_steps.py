"""A rotation of data keys killed before or after each of its commits: the next run ends what was begun."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.models.fields import rotating
from portal.models.fields.rotating import rotate_data
from portal.models.fields.sheets import Sheet
from portal.vault import ring
from portal.vault.keystore import KeyStore
from portal.vault.rotations import Rotations
from portal.vault.work import Progress
from tests.models.rotation.rows import blobs, command, unsealed, values
from tests.stage.building import opened
from tests.vault.dying import killed

# Keys are committed before rows that use them, and how far the work came after both.
STEPS = [
    (Rotations, "add_version", "before", 2),
    (Rotations, "add_version", "after", 2),
    (Progress, "advance", "after", 2),
    (KeyStore, "announce", "before", 1),
    (KeyStore, "announce", "after", 1),
    (Sheet, "exchange", "before", 1),
    (Sheet, "exchange", "after", 1),
    (rotating, "exchange", "after", 1),
    (rotating, "exchange", "after", 3),
    (Progress, "end", "before", 1),
]


@pytest.mark.parametrize(("where", "name", "moment", "nth"), STEPS)
def test_killed_in_any_step(any_app: Flask, at, monkeypatch: pytest.MonkeyPatch, where, name, moment, nth):
    at("accepted")
    monkeypatch.setattr(rotating, "SUBJECTS_AT_ONCE", 3)
    monkeypatch.setattr(rotating, "ROWS_AT_ONCE", 3)
    settings = any_app.extensions["portal.settings"]
    with any_app.app_context():
        before, plain, rest = blobs(), values(), unsealed()

    def work() -> None:
        app = opened(settings.instance, settings.database_url)
        with app.app_context(), ring().works.alone("rotate-data") as progress:
            rotate_data(progress)

    assert killed(work, where, name, moment, nth)
    with any_app.app_context():
        assert values() == plain
    command(any_app, "rotate-data")
    with any_app.app_context():
        after = blobs()
        assert (values(), unsealed(), after.keys()) == (plain, rest, before.keys())
        assert not set(before.values()) & set(after.values())
        # A key made in the second in which the work began cannot be told from one made before it, and gets another.
        assert {tuple(one.versions) for one in ring().subjects()} <= {(1, 2), (1, 2, 3)}
        newest = {max(one.versions).to_bytes(2) for one in ring().subjects()}
        assert {blob[2:4] for blob in after.values()} <= newest
