"""Making a person and changing one, each with its commit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from benchmarks.result import Result
from benchmarks.vault.guests import Guest, PlainGuest, SealedGuest, filled
from benchmarks.vault.stand import Stand
from benchmarks.vault.timing import ratio, rounds
from portal.models.base import db

ROWS = 500
ROUNDS = 300


def run(stand: Stand) -> list[Result]:
    """Update and create. Both sides commit with ``synchronous=FULL``; a new person of ours commits in two stores."""
    ids = {}
    for model in (PlainGuest, SealedGuest):
        rows = filled(model, range(ROWS))
        ids[model] = [row.id for row in rows]
        db.session.add_all(rows)
        db.session.commit()
    numbers = count(1_000_000)
    taken = rounds(
        {
            "plain": lambda: _update(PlainGuest, ids[PlainGuest], numbers),
            "sealed": lambda: _update(SealedGuest, ids[SealedGuest], numbers),
        },
        ROUNDS,
    )
    made = rounds(
        {"plain": lambda: _create(PlainGuest, numbers), "sealed": lambda: _create(SealedGuest, numbers)}, ROUNDS
    )
    end = stand.suffix
    return [
        Result.at_most(f"update{end}", "one field changed / plain", ratio(taken, "sealed", "plain"), 1.15, 1.05),
        Result.at_most(f"create{end}", "one person made / plain", ratio(made, "sealed", "plain"), 1.8, 1.4),
    ]


def _update(model: Guest, ids: list[Any], numbers: Iterator[int]) -> None:
    number = next(numbers)
    row = db.session.get_one(model, ids[number % ROWS])
    row.phone = f"+861{3_000_000_000 + number}"
    db.session.commit()
    db.session.remove()


def _create(model: Guest, numbers: Iterator[int]) -> None:
    number = next(numbers)
    db.session.add_all(filled(model, range(number, number + 1)))
    db.session.commit()
    db.session.remove()
