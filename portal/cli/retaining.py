"""What is kept for how long: applying the classes by hand, and what their runs did."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup
from flask_babel import force_locale, gettext

from portal import clock
from portal.cli.in_one_line import in_one_line
from portal.jobs.retaining import apply_class
from portal.models.base import db
from portal.models.privacy.retention import APPLIED
from portal.models.privacy.retention_run import RetentionRun, next_runs

retention = AppGroup("retention", help="What is kept for how long.")


@retention.command()
@click.option("--class", "code", type=click.Choice([*APPLIED]), help="One class; all of them without it.")
@click.option("--dry-run", is_flag=True, help="Look and count, and remove nothing.")
@in_one_line()
def run(code: str | None, dry_run: bool) -> None:
    """Remove what is over, class by class; the jobs do the same every day."""
    for chosen in [code] if code else APPLIED:
        report = db.session.get_one(RetentionRun, apply_class(chosen, dry=dry_run, batches=None))
        click.echo(f"{chosen:8} {_did(report)}")


@retention.command()
def report() -> None:
    """The last run of every class, and when the next is."""
    latest, planned = RetentionRun.latest(), next_runs()
    with force_locale("en"):
        for code, kept in APPLIED.items():
            done = latest.get(code)
            click.echo(f"{code:8} {gettext(kept.words)}: {gettext(kept.rule)}")
            click.echo(f"         last: {f'{_at(done.began_at)} {_did(done)}' if done else 'never'}")
            click.echo(f"         next: {_at(planned[code]) if code in planned else 'when the worker begins'}")


def _did(report: RetentionRun) -> str:
    kept = ", ".join(f"{count} {reason}" for reason, count in report.kept.items())
    done = "would remove" if report.dry else "removed"
    end = "" if report.ended_at else " (not finished)"
    return f"examined {report.examined}, {done} {report.removed}, kept {kept or 0}{end}"


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
