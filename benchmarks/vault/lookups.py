"""Finding one person by phone among ten thousand, a hundred thousand, a million."""

from __future__ import annotations

import os
from collections.abc import Callable

from sqlalchemy import insert, select

from benchmarks.result import Result
from benchmarks.vault.guests import Guest, PlainGuest, SealedGuest, filled, values_of
from benchmarks.vault.stand import Stand
from benchmarks.vault.timing import ratio, rounds
from portal.models.base import db, new_id
from portal.vault import ring

SIZES = (10_000, 100_000, 1_000_000)
KNOWN = 1_000
LOOKUPS = 200
ROUNDS = 25
BATCH = 20_000


def run(stand: Stand) -> list[Result]:
    """The worst of the three sizes counts. The person found is opened and compared, as ``Person.by_phone`` does."""
    for model in (PlainGuest, SealedGuest):
        db.session.add_all(filled(model, range(KNOWN)))
        db.session.commit()
    found, there = {}, KNOWN
    for size in SIZES:
        _grow(there, size)
        there = size
        taken = rounds({"plain": _finding(PlainGuest), "sealed": _finding(SealedGuest)}, ROUNDS)
        found[size] = ratio(taken, "sealed", "plain")
    what = "a person by phone / plain, ORM: " + ", ".join(f"{size:,} x{value:.3f}" for size, value in found.items())
    return [Result.at_most(f"index_lookup{stand.suffix}", what, max(found.values()), 1.15, 1.08)]


def _finding(model: Guest) -> Callable[[], None]:
    texts = [values_of(number)["phone"] for number in range(0, KNOWN, KNOWN // LOOKUPS)]

    def find() -> None:
        for text in texts:
            row = db.session.scalars(select(model).where(model.phone == text)).one()
            assert row.phone == text
        db.session.remove()

    return find


def _grow(there: int, size: int) -> None:
    """Rows to look past: their index is a real one, their blob only as long as one."""
    index = ring().blind_index
    for start in range(there, size, BATCH):
        numbers = range(start, min(start + BATCH, size))
        plain, sealed = [], []
        for number in numbers:
            values = values_of(number)
            plain.append({"id": new_id(), "subject_kind": 1, **values})
            sealed.append(
                {
                    "id": (mine := new_id()),
                    "subject_kind": 1,
                    "subject_id": mine,
                    "contact_sealed": os.urandom(128),
                    "phone_index": index("bench.contact", "phone", "phone", values["phone"]),
                    "email_index": int.from_bytes(os.urandom(8), signed=True),
                }
            )
        with db.engine.begin() as connection:
            connection.execute(insert(PlainGuest), plain)
            connection.execute(insert(SealedGuest), sealed)
