"""People of an installation: adding owners and staff, and the one-time link that lets them in."""

from __future__ import annotations

from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup

from portal import clock
from portal.cli.developments import chosen
from portal.models.accounts import STAFF_SIDE, Account, Grant, Link, Person, Role
from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.errors import DomainError
from portal.models.property import Home, Relation, Tenure

people = AppGroup("people", help="Owners and staff.")
STAFF = [role.value for role in STAFF_SIDE]


@people.command()
@click.argument("name")
@click.argument("phone")
@click.option("--email", default="")
@click.option("--development", "code", default="", help="Its short code; not needed while there is only one.")
@click.option("--role", type=click.Choice(STAFF), help="A role of the staff.")
@click.option("--badge", default="", help="A technician's badge number.")
@click.option("--trade", default="", help="A technician's trade code.")
@click.option("--home", "home_code", default="", help="The home of an owner, such as 3-2-1202.")
@click.option("--co-owner", is_flag=True, help="The person joins the household of --home.")
def add(
    name: str,
    phone: str,
    email: str,
    code: str,
    role: str | None,
    badge: str,
    trade: str,
    home_code: str,
    co_owner: bool,
) -> None:
    """Add a person: an owner of a home, or somebody of the staff. The person is let in by `people invite`."""
    try:
        person = Person.add(name, phone, email)
        development = chosen(code)
        if role:
            Grant.give(Account.of(person), Role(role), development.id, badge=badge, trade=trade)
        if home_code:
            _settle(person, home_code, development.id, Relation.CO_OWNER if co_owner else Relation.OWNER)
    except DomainError as error:
        raise click.ClickException(error.message) from None
    db.session.commit()
    click.echo(f"Added {person.id}.")


@people.command()
@click.argument("phone")
def invite(phone: str) -> None:
    """Print a one-time link with which the person sets a password: the first one, or a new one."""
    person = Person.by_phone(phone)
    if person is None:
        raise click.ClickException("Nobody has this phone; add the person first.")
    token = Link.make(Account.of(person), by=SYSTEM)
    db.session.commit()
    click.echo(f"{current_app.config['PUBLIC_URL']}/links/{token}")


def _settle(person: Person, home_code: str, development_id: UUID, relation: Relation) -> None:
    home = Home.of_code(development_id, home_code)
    if home is None:
        raise click.ClickException(f"There is no home {home_code}.")
    tenure = Tenure.running(home.id)
    if tenure is None or relation == Relation.OWNER:
        tenure = Tenure.begin(home, clock.today())
    tenure.admit(person, relation)
