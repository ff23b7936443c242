"""Which development a command means."""

from __future__ import annotations

import click
from sqlalchemy import select

from portal.models.base import db
from portal.models.property import Development


def chosen(code: str) -> Development:
    """The development of a code, or the only one there is; a ClickException otherwise."""
    if code:
        found = Development.of_code(code)
        if found is None:
            raise click.ClickException(f"There is no development {code}.")
        return found
    every = db.session.scalars(select(Development).limit(2)).all()
    if len(every) != 1:
        raise click.ClickException("Name the development with --development.")
    return every[0]
