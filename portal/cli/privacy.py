"""People's rights: what a receipt says, and the ledger's replay."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from portal.cli.drilling import drill as drilled
from portal.cli.in_one_line import in_one_line
from portal.models.privacy.ledger import mend_ledger
from portal.models.privacy.receipt import COUNTS, read_receipt
from portal.models.privacy.replaying import replay_erasures
from portal.vault import ChainError

privacy = AppGroup("privacy", help="Erasure and its receipts.")


@privacy.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def receipt(file: Path) -> None:
    """Verify the receipt of an erasure and say what it says."""
    try:
        found = read_receipt(file.read_text("utf-8"))
    except (ChainError, UnicodeDecodeError) as error:
        said = str(error) if isinstance(error, ChainError) else "this is not a receipt of this installation"
        raise click.ClickException(said) from None
    click.echo(f"Receipt {found.number}: signed by this installation.")
    for step in found.steps:
        click.echo(f"{step.name}: {step.at:%Y-%m-%d %H:%M:%S} UTC, {step.role}")
    click.echo("Destroyed: " + ", ".join(f"{found.counts[name]} {name}" for name in COUNTS))
    click.echo(f"Old key backups cannot be opened from {found.copies:%Y-%m-%d} on.")


@privacy.command()
@in_one_line()
def replay() -> None:
    """Finish every erasure that the ledger names; starting the portal does the same."""
    found = replay_erasures()
    click.echo(
        f"{found} subjects had something left; it is gone." if found else "Every erasure of the ledger is whole."
    )


@privacy.command("mend-ledger")
@in_one_line()
def mend() -> None:
    """Where the newest copy of the erasure ledger is lost: name in it whoever the key store says was erased."""
    click.echo(f"Named anew: {mend_ledger()}. The ledger names everybody that the key store has seen erased.")


@privacy.command()
def drill() -> None:
    """Erase an invented person in a throw-away installation and look at seven places, old backups included."""
    found = []
    for place in drilled():
        found.append(place.right)
        click.echo(str(place))
    if not all(found):
        raise click.ClickException("the drill failed; look at the lines marked ✗ above")
