"""``backup`` and ``restore``: three sets, never in one folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path

import click
from flask.cli import with_appcontext

from portal import config
from portal.backends.storage import StorageError
from portal.backup.checking import check, copied_ring
from portal.backup.errors import BackupError
from portal.backup.making import back_up
from portal.backup.places import Sets, places
from portal.backup.restoring import at_head, chosen, fill, prepare
from portal.backup.target import let_go, without_traces
from portal.cli.progress import shown
from portal.config import Settings
from portal.vault import Busy, KeyRing, KeyStoreError, ring
from portal.vault.alone import Patience
from portal.vault.work import RESTORE, Progress, Told

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("backup")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--keys", type=FOLDER, help="Where the key sets go; best another place than DIR.")
@click.option("--epochs", type=FOLDER, help="Where the one epoch set and the erasure ledger go; best a third place.")
@click.option("--without-files", is_flag=True, help="Leave the objects out: the storage keeps versions by itself.")
@click.option(
    "--wait", default=60, show_default=True, type=click.IntRange(0), help="Seconds, for other work on the keys."
)
@with_appcontext
def backup(folder: Path, keys: Path | None, epochs: Path | None, without_files: bool, wait: int) -> None:
    """Copy database, key store and epoch store, each into a set of its own, while the portal serves.

    Other work on the keys, such as the daily sample of rows, is waited for.
    """
    with _in_words():
        where = places(folder, keys, epochs)
        with shown("Backup") as told, _alone(told, wait) as progress:
            made = back_up(where, progress, files=not without_files)
    click.echo(f"{made.rows} rows and {made.objects} files, opened again and whole:")
    for path in (made.database, made.keys, made.epochs):
        click.echo(f"  {path}")
    for name in made.missing or ():
        click.echo(f"The storage has lost the object {name}.", err=True)


@contextmanager
def _alone(told: Told, seconds: int) -> Iterator[Progress]:
    """The backup's work, after at most so many seconds for that of others."""
    try:
        with ring().works.alone("backup", told, Patience(seconds, _waits)) as progress:
            yield progress
    except Busy:
        raise click.ClickException(
            f"another command was working on the keys for {seconds} seconds; nothing was copied. "
            "See how far it is with keys status, then call backup again, or with a longer --wait"
        ) from None


def _waits(left: float) -> None:
    click.echo(f"Another command is working on the keys; waiting for it, {ceil(left)} s at most …", err=True)


@click.command("restore")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--keys", type=FOLDER, help="The key sets, or one of them; DIR/keys otherwise.")
@click.option("--epochs", type=FOLDER, help="The epoch set; DIR/epochs otherwise.")
@click.option("--ledger", type=click.Path(dir_okay=False, path_type=Path), help="The newest erasure ledger.")
@click.option("--dry-run", is_flag=True, help="Only check the sets, and write nothing.")
def restore(folder: Path, keys: Path | None, epochs: Path | None, ledger: Path | None, dry_run: bool) -> None:
    """Write a backup into the empty installation that the settings name; DIR is its folder, or one database set.

    One that was interrupted is finished by the same command.
    """
    with _in_words():
        settings = config.load()
        root = folder.parent.parent if (folder / "manifest.json").is_file() else folder
        sets = chosen(places(root, keys, epochs), folder, ledger)
        erased = bring_back(sets, settings, dry_run=dry_run)
    if erased is None:
        click.echo("The sets are whole and belong together; nothing was written.")
    else:
        click.echo(f"Restored from {sets.database}. Erased again from the ledger: {erased}.")


def bring_back(sets: Sets, settings: Settings, *, dry_run: bool = False) -> int | None:
    """Check the sets and write them into the empty installation of the settings; how many subjects were erased again.

    None where they were only to be checked. Raises BackupError or KeyStoreError.
    """
    from portal import create_app

    with copied_ring(sets, settings) as copied, without_traces(settings):
        app = create_app(settings, copied)
        with app.app_context(), let_go(), at_head(sets, settings) as database:
            click.echo("Checking the sets …")
            check(sets, settings, database)
            if dry_run:
                return None
            prepare(sets, settings)
            app.extensions["portal.keyring"] = opened = KeyRing.open(settings, restoring=True)
            return _fill(sets, database, opened)


def _fill(sets: Sets, database: Path, opened: KeyRing) -> int:
    try:
        with shown("Restore") as told, opened.works.alone(RESTORE, told) as progress:
            return fill(sets, database, progress)
    finally:
        opened.close()


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (BackupError, KeyStoreError, config.SettingsError) as error:
        raise click.ClickException(str(error)) from None
    except StorageError as error:
        raise click.ClickException(f"the storage did not answer for the object {error}; run it again") from None
