"""Homes of an installation: the import of a development's list."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from portal.cli.developments import chosen
from portal.models.base import db
from portal.models.property.importing import HomesError, import_homes

homes = AppGroup("homes", help="Buildings and homes.")


@homes.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--development", "code", default="", help="Its short code; not needed while there is only one.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_file(file: Path, code: str, dry_run: bool) -> None:
    """Import a CSV with the columns building, entrance, number, floor, house_type, area, handed_over_on."""
    try:
        report = import_homes(file, chosen(code))
    except HomesError as error:
        db.session.rollback()
        for line in error.lines:
            click.echo(line, err=True)
        raise click.ClickException(f"{len(error.lines)} errors; nothing was imported.") from None
    db.session.rollback() if dry_run else db.session.commit()
    click.echo(f"{'Would add' if dry_run else 'Added'} {report.added}, changed {report.changed}, same {report.same}.")
