"""An application with two models of its own, empty before each test."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from portal.extensions import db
from tests.models.fields.guests import WORDS
from tests.models.fields_app import Guest, Remark, fields_app


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fields")


@pytest.fixture(scope="module", autouse=True)
def app(folder):
    with fields_app(folder) as app:
        yield app


@pytest.fixture(autouse=True)
def empty_tables(app):
    yield
    db.session.remove()
    for table in (Guest, Remark):
        db.session.execute(delete(table))
    db.session.commit()


@pytest.fixture
def guest(app) -> Guest:
    made = Guest(**WORDS)
    db.session.add(made)
    db.session.commit()
    return made
