"""The shipped catalogue, loaded."""

from pathlib import Path

import pytest
from flask import Flask

import portal.models.catalogue as catalogue
from portal.extensions import db, prepare_engine


@pytest.fixture
def loaded(tmp_path):
    app = Flask("clocks")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'clocks.sqlite'}"
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        db.create_all()
        catalogue.load_catalogue(Path(catalogue.__file__).parents[2] / "catalogue")
        db.session.commit()
        yield db
        db.session.remove()
        db.engine.dispose()
