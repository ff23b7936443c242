"""Making an installation ready: keys, tables, reference data, the first administrator."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import inspect, select

from portal import config
from portal.cli.in_one_line import in_one_line
from portal.models.accounts import Account, Grant, Link, Person, Role
from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.catalogue import LoadReport, load_catalogue
from portal.models.errors import DomainError
from portal.models.property import Development
from portal.vault import KeyRing, KeyStoreError, Subject, SubjectKind, ring

NEWEST = 50
CATALOGUE = Path(__file__).parents[1] / "catalogue"


@click.command()
@click.option("--code", prompt="Short code of the development", help="Such as yq3.")
@click.option("--name-zh", prompt="Its name in Chinese")
@click.option("--name-en", prompt="Its name in English")
@click.option("--hotline", prompt="Its hotline, 24 hours")
@click.option("--admin-name", prompt="Name of the first administrator")
@click.option("--admin-phone", prompt="Mobile of the first administrator")
@in_one_line()
def init(code: str, name_zh: str, name_en: str, hotline: str, admin_name: str, admin_phone: str) -> None:
    """Make the keys, the tables and the reference data, one development and its first administrator."""
    settings = config.load()
    app = install_keys(settings)
    with app.app_context():
        upgrade()
        load_reference()
        development = Development.of_code(code)
        if development is None:
            development = Development(code=code, name_zh=name_zh, name_en=name_en, hotline=hotline)
            db.session.add(development)
            db.session.flush()
        try:
            account = Account.of(Person.add(admin_name, admin_phone))
        except DomainError as error:
            raise click.ClickException(error.message) from None
        Grant.give(account, Role.ADMIN, development.id)
        token = Link.make(account, by=SYSTEM)
        db.session.commit()
    click.echo("Ready. The administrator sets a password here, within 30 minutes, once:")
    click.echo(f"{settings.public_url}/links/{token}")


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the tables to the newest revision."""
    upgrade()


@click.command("catalogue")
@with_appcontext
def update_catalogue() -> None:
    """Bring the reference data to what this release ships; only what differs is written."""
    for table, counts in load_reference().tables.items():
        click.echo(f"{table}: {counts}")


def fits() -> None:
    """Raise a ClickException, before anything is written, where the key store is older than the database.

    A key is committed before its row, so the newest people show it.
    """
    there = inspect(db.session.connection()).has_table(Person.__tablename__)
    newest = db.session.scalars(select(Person.id).order_by(Person.id.desc()).limit(NEWEST)).all() if there else ()
    db.session.rollback()
    if ring().unknown(Subject(SubjectKind.PERSON, person) for person in newest):
        raise click.ClickException(
            "the key store is older than the database: restore the key store's newer copy; nothing was written"
        )


def load_reference() -> LoadReport:
    """Load the reference data and commit."""
    report = load_catalogue(CATALOGUE)
    db.session.commit()
    return report


def install_keys(settings: config.Settings) -> Flask:
    """Make the keys of an installation that has none, or finish what was begun; returns its application."""
    from portal import create_app

    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        ring = KeyRing.create(settings)
    except KeyStoreError:
        ring = KeyRing.open(settings)
    return create_app(settings, ring)


def ready(app: Flask) -> None:
    """Bring the tables and the reference data of an application up to date."""
    with app.app_context():
        fits()
        upgrade()
        load_reference()


def refused(name: str, reason: str) -> click.Command:
    """A command that only says why it cannot run."""

    def say() -> None:
        raise click.ClickException(reason)

    return click.Command(
        name,
        callback=say,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True},
        params=[click.Argument(["rest"], nargs=-1, expose_value=False)],
    )
