"""The keys of an installation: made, looked at, rotated. ``rotating.py`` adds what rewrites rows."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal import config
from portal.cli.in_one_line import in_one_line
from portal.cli.progress import shown
from portal.cli.setting_up import refused
from portal.vault import KeyRing, KeyStoreError, ring
from portal.vault.standing import Standing
from portal.vault.work import Work

keys = AppGroup("keys", help="The keys: making them, looking at them, rotating them.")
# These say something useful where the keys cannot be opened; every other command says why it cannot run.
WITHOUT_KEYS = ("init", "status")


@keys.command("init")
def make_keys() -> None:
    """Make the root key, the epoch store and the key store, or what is missing of a making that was interrupted."""
    with in_one_line():
        settings = config.load()
        settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            made, opened = True, KeyRing.create(settings)
        except KeyStoreError:
            made, opened = False, KeyRing.open(settings)
        click.echo("The keys are made." if made else "The keys stand already; nothing was made.")
        _root(opened.standing())
        opened.close()


@keys.command()
def status() -> None:
    """Say how the keys stand: root, epochs, data keys, secrets, long work. No key is shown."""
    with in_one_line():
        opened = KeyRing.open(config.load())
        found = opened.standing()
        opened.close()
    _root(found)
    click.echo(f"algorithm    {found.algorithm}")
    _epochs(found)
    for kind, count in found.subjects.items():
        click.echo(f"data keys    {kind.name.lower()}: {count}")
    click.echo(f"erased       {found.erased}")
    for name, versions in found.secrets.items():
        click.echo(f"secret       {name}: version {', '.join(map(str, versions))}")
    for number, slot in found.slots.items():
        click.echo(
            f"index column {number}: {slot.secret} version {slot.version}{'' if slot.filled else ', being filled'}"
        )
    for work in found.works:
        _work(work)


@keys.command("rotate-root")
def rotate_root() -> None:
    """Wrap every epoch and secret under a new root key, while the portal serves; after a kill, call it again."""
    with in_one_line(), shown("rotate-root") as told:
        left = ring().rotate_root(told)
    click.echo(left)


@keys.command("roll-epoch")
def roll_epoch() -> None:
    """Begin a new epoch and wrap every data key under it, while the portal serves; after a kill, call it again."""
    with in_one_line(), shown("roll-epoch") as told:
        number = ring().roll_epoch(told)
    click.echo(f"Epoch {number} wraps every data key.")


def without_keys(reason: str) -> click.Group:
    """The same group where the keys cannot be opened."""
    group = click.Group("keys", help=keys.help)
    for name, command in keys.commands.items():
        group.add_command(command if name in WITHOUT_KEYS else refused(name, reason))
    return group


def _root(found: Standing) -> None:
    click.echo(f"root         {found.root} ({found.environment}, {found.root_kind})")
    if found.roots != {found.root}:
        click.echo("             another root key wraps epochs: run keys rotate-root to its end")


def _epochs(found: Standing) -> None:
    for epoch in found.epochs:
        click.echo(f"epoch        {epoch.number}: {epoch.age.days} days old, {epoch.keys} keys")
    if found.roll_overdue:
        click.echo("             the newest is older than 30 days: run keys roll-epoch")


def _work(work: Work) -> None:
    state = "not ended: runs, or waits to be called again" if work.running else "ended"
    click.echo(f"work         {work.name}: {work.done} of {work.total}, {state}")
