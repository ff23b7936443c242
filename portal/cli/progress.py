"""The bar that long work shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from portal.vault.work import Told, Work


@contextmanager
def shown(label: str) -> Iterator[Told]:
    """A bar on the screen, for ``ring().works.alone(name, told)``; it stands where a killed run stopped.

    Away from a terminal it is one line.
    """
    with click.progressbar(length=1, label=label, show_pos=True) as bar:

        def told(work: Work) -> None:
            bar.length = max(work.total, 1)
            bar.update(work.done - bar.pos)

        yield told
