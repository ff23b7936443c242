"""A key store older than the database: told before anything is written, and by a page that keeps its calm."""

from __future__ import annotations

import shutil

import click
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from portal.cli.setting_up import fits, ready
from portal.models.accounts import Person
from portal.models.base import db
from portal.vault import ring
from tests.stage.building import close, opened

NEW = "13900139077"


@pytest.fixture
def older(installation):
    """An installation whose key store was set back to before its newest person."""
    copy = installation.parent / "keys.sqlite"
    shutil.copy2(installation / "keys.sqlite", copy)
    app = opened(installation)
    with app.app_context():
        Person.add("何小满", NEW)
        db.session.commit()
    close(app)
    for left in installation.glob("keys.sqlite*"):
        left.unlink()
    shutil.copy2(copy, installation / "keys.sqlite")
    app = opened(installation)
    yield app
    close(app)


def test_it_is_refused_before_anything_is_written(older, installation):
    before = (installation / "portal.sqlite").read_bytes()
    with pytest.raises(click.ClickException, match="key store is older than the database: restore") as caught:
        ready(older)
    assert "\n" not in caught.value.message
    assert (installation / "portal.sqlite").read_bytes() == before


def test_one_that_fits_or_has_no_tables_yet_is_let_on(app):
    with app.app_context():
        fits()
        person = newest()
        ring().erase(person.sealed_subject)
        fits()
        db.session.rollback()
        db.drop_all()
        fits()


def test_a_page_that_needs_the_key_says_it_is_our_fault(app, at, sign_in):
    page = f"/staff/repairs/{at('submitted')}"
    assert sign_in("manager").get(page).status_code == 200
    store = app.extensions["portal.keyring"]._keys
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM vault_data_key WHERE kind = 2")
        store.raise_generation(connection)
    with capture_logs() as logs:
        answer = sign_in("manager").get(page)
    assert answer.status_code == 500
    assert "我们这边出错了" in answer.text
    (said,) = [line["reason"] for line in logs if line["event"] == "keys.unusable"]
    assert "the key store is older than the database; restore its newer copy" in said


def newest() -> Person:
    found = db.session.scalars(select(Person).order_by(Person.id.desc())).first()
    assert found is not None
    return found
