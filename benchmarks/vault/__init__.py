"""What sealing costs, against plaintext columns, StringEncryptedType and raw AES-GCM, on both databases."""

from __future__ import annotations

from benchmarks.result import Result
from benchmarks.vault import erasing, keywork, lists, lookups, names, rates, rotating, writes
from benchmarks.vault.stand import DATABASES, stand


def run() -> list[Result]:
    """Every goal on SQLite and, its name ended by ``_pg``, on PostgreSQL; what touches no database once."""
    results = [*rates.run(), *names.run()]
    for database in DATABASES:
        results += erasing.run(database)
        for part in (lists, writes, keywork, rotating, lookups):
            with stand(database) as here:
                results += part.run(here)
    return results
