"""``flask --app portal audit …``: is the chain of what was done whole?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from portal import clock
from portal.backends.checkpoints import NotKept
from portal.cli.progress import shown
from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.errors import Refused
from portal.models.privacy import chain, checkpoints, dropping
from portal.models.privacy.signed import Why
from portal.models.privacy.verifying import State, Verdict, verify
from portal.vault import ChainError, KeyStoreError, ring
from portal.vault.work import Work

audit = AppGroup("audit", help="The chain of everything that was done.")

_REASONS: dict[str, str] = {
    "": "",
    Why.MISSING: "an event is missing",
    Why.CHANGED: "its content or its hash was changed",
    Why.BESIDE: "a column beside its content was changed",
    Why.REWRITTEN: "the chain is not the one that was signed",
    Why.FORGED: "a checkpoint, or the beginning, is not signed by this installation",
}


@audit.command("verify")
@click.option("--from-checkpoint", "start", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--places/--no-places", default=True, show_default=True, help="Also compare with the folders outside.")
def verify_chain(start: Path | None, places: bool) -> None:
    """Walk the chain and say: whole, waiting, truncated, or broken at a number. Exits 1 when something is wrong."""
    db.session.rollback()
    try:
        with shown("Verifying") as told:
            note = start.read_text("utf-8") if start else ""
            verdict = verify(lambda done, total: told(Work("audit", 0, done, total)), outside=places, start=note)
    except (ChainError, NotKept, UnicodeDecodeError) as error:
        raise click.ClickException(f"a checkpoint cannot be used: {error}") from None
    click.echo(_said(verdict))
    if not verdict.sound:
        raise SystemExit(1)


@audit.command("checkpoint")
def sign_now() -> None:
    """Number what waits, sign a checkpoint now and take it to every place."""
    while chain.number_events():
        db.session.commit()
    number, head = chain.head()
    newest = checkpoints.AuditCheckpoint.newest()
    if not number:
        raise click.ClickException("There is no event yet.")
    if newest is None or bytes(newest.head) != head:
        newest = checkpoints.sign(number, head)
    db.session.commit()
    click.echo(newest.note)
    click.echo(f"Asked for: {len(checkpoints.places())} place(s); the worker delivers.")


@audit.command("drop")
@click.option("--before", required=True, type=click.DateTime(["%Y-%m-%d"]), help="At least three years ago.")
def drop(before: datetime) -> None:
    """Remove the events before the last checkpoint of that day; the chain then begins there. Run again after a kill."""
    try:
        # Refused before anything is begun: only what can be gone on with is remembered as work.
        number = dropping.begin_after(before.date(), SYSTEM).n
        db.session.commit()
        with shown("Dropping") as told, ring().works.alone("audit-drop", told) as progress:
            progress.expect(progress.work.done + dropping.left_over())
            while removed := dropping.remove_some():
                db.session.commit()
                progress.advance(removed)
            db.session.commit()
    except Refused as error:
        raise click.ClickException(_REFUSED[error.message]) from None
    except KeyStoreError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"The chain now begins after event {number}.")


_REFUSED: dict[str, str] = {
    dropping.TOO_YOUNG: "The audit log is kept for three years at least.",
    dropping.NO_CHECKPOINT: "There is no checkpoint before that day: nothing can be dropped.",
}


def _said(verdict: Verdict) -> str:
    place: Any = f"{verdict.place:,}" if verdict.place is not None else ""
    first = {
        State.WHOLE: "whole",
        State.WAITING: f"waiting ({verdict.waiting:,} events not numbered yet; the numbered ones are whole)",
        State.BROKEN: f"broken at event {place}: {_REASONS[verdict.reason]}",
        State.TRUNCATED: f"truncated: a checkpoint names event {place}, the last one is {verdict.last:,}",
    }[verdict.state]
    events = f"{max(verdict.last - verdict.first + 1, 0):,} events followed from number {verdict.first:,}"
    return f"{first}\n{_set_back(verdict)}{events}, {verdict.compared:,} checkpoints compared, {verdict.seconds:.1f} s"


def _set_back(verdict: Verdict) -> str:
    if verdict.back is None:
        return ""
    at = f"{verdict.back.at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    return f"set back to event {verdict.back.count:,} on {at} by a restore; checkpoints of lost events do not count\n"
