"""``keys rotate-data | rotate-index | verify``: while the portal serves, one at a time, resumed after a kill."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import click
from flask.cli import with_appcontext

from portal.cli.in_one_line import in_one_line
from portal.cli.progress import shown
from portal.models.fields.dropping import drop_old_versions, ripe
from portal.models.fields.indexing import rotate_index
from portal.models.fields.rotating import rotate_data, rotate_subject
from portal.models.fields.verifying import Report, verify, verify_sample
from portal.models.files import object_opens
from portal.models.privacy.ledger import ledger
from portal.vault import Subject, SubjectKind, ring
from portal.vault.work import Progress


class SubjectName(click.ParamType[Subject]):
    """A subject as ``person:<uuid>``, the way ``keys verify`` names it."""

    name = "kind:uuid"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Subject:
        """The subject; a usage error otherwise."""
        kind, _, number = str(value).partition(":")
        try:
            return Subject(SubjectKind[kind.upper()], UUID(number))
        except (KeyError, ValueError):
            self.fail("write it like person:0193a1b2-…, with the kind person, tenure, case or system", param, ctx)


@click.command("rotate-data")
@click.option("--subject", type=SubjectName(), help="Only one: person:<uuid>, tenure:<uuid> or case:<uuid>.")
@with_appcontext
def rotate_data_command(subject: Subject | None) -> None:
    """Give data keys a new version and seal every row again, with the algorithm that is set."""
    if subject is None:
        _drop()
        with _alone("rotate-data", "Sealing again") as progress:
            rows = rotate_data(progress)
    else:
        with _alone("rotate-subject", "Sealing again") as progress:
            rows = rotate_subject(progress, subject)
    click.echo(f"Sealed again: {rows}. The worker deletes the old keys when an hour has gone by.")


@click.command("rotate-index")
@with_appcontext
def rotate_index_command() -> None:
    """Give every blind index a new secret; changes to index-sm3 or back where the algorithm was set anew."""
    with _alone("rotate-index", "Indexing again") as progress:
        rows = rotate_index(progress)
    click.echo(f"Written: {rows}. The old column is empty and its secret deleted.")


@click.command("verify")
@click.option("--sample", type=click.IntRange(min=1), help="Only so many rows of each sort, picked by chance.")
@click.option("--files", is_flag=True, help="Open the objects of files too, not only their keys.")
@with_appcontext
def verify_command(sample: int | None, files: bool) -> None:
    """Open every key and everything sealed, compare every index with one made anew, and the erasure ledger with what
    the key store has seen of it; 1 when something fails."""
    with in_one_line():
        ledger().entries()
    report = Report()
    with _alone("verify", "Opening") as progress:
        if sample is None:
            verify(progress, report, object_opens if files else None)
        else:
            verify_sample(progress, report, sample, object_opens if files else None)
    for label, opened in sorted(report.opened.items()):
        click.echo(f"{label}: {opened} opened, {report.erased[label]} erased")
    for failure in report.failures:
        click.echo(f"{failure.table} {failure.row} {failure.wrong}", err=True)
    if report.failed:
        click.echo(f"Failed: {report.failed}.", err=True)
        sys.exit(1)
    click.echo("Everything opens, and every index is right.")


COMMANDS = (rotate_data_command, rotate_index_command, verify_command)


def _drop() -> None:
    """What an earlier rotation left to be deleted, where its hour has gone by."""
    if ripe():
        with _alone("drop-versions", "Deleting old keys") as progress:
            drop_old_versions(progress)


@contextmanager
def _alone(name: str, label: str) -> Iterator[Progress]:
    with in_one_line(), shown(label) as told, ring().works.alone(name, told) as progress:
        if progress.work.resumed:
            click.echo("Going on with the run that was interrupted.")
        yield progress
