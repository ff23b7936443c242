"""How the keys of an installation stand: numbers for whoever looks after them, no key and no person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from portal import clock
from portal.vault import rolling
from portal.vault.ciphers import SM4_GCM
from portal.vault.epochs import Epoch, EpochStore
from portal.vault.index_columns import IndexColumns, Slot
from portal.vault.installation_secrets import Secrets
from portal.vault.keys_by_epoch import keys_in_epochs
from portal.vault.keystore import KeyStore
from portal.vault.roots import Roots
from portal.vault.stores import data_keys, erased_subjects
from portal.vault.subjects import SubjectKind
from portal.vault.work import Work, Works

ALGORITHMS = {SM4_GCM: "SM4-GCM with HMAC-SM3"}
USUAL = "AES-256-GCM with HMAC-SHA-256"


@dataclass(frozen=True, slots=True)
class EpochStanding:
    """One epoch: when it was made and how many data keys it wraps."""

    number: int
    root: str
    made_at: datetime
    keys: int

    @property
    def age(self) -> timedelta:
        """How long ago it was made."""
        return clock.now() - self.made_at


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything ``keys status`` prints. Ids are hex digits, ``subjects`` counts living data keys by kind."""

    environment: str
    root: str
    root_kind: str
    algorithm: str
    epochs: tuple[EpochStanding, ...]
    subjects: dict[SubjectKind, int]
    erased: int
    secrets: dict[str, list[int]]
    slots: dict[int, Slot]
    works: tuple[Work, ...]
    roll_overdue: bool

    @property
    def roots(self) -> set[str]:
        """The roots that wrap an epoch: two while a rotation of the root is not ended."""
        return {epoch.root for epoch in self.epochs}


def standing(
    roots: Roots,
    keys: KeyStore,
    epochs: EpochStore,
    secrets: Secrets,
    columns: IndexColumns,
    works: Works,
    algorithm: int,
) -> Standing:
    """Read it all afresh. Raises KeyStoreError."""
    named = keys_in_epochs(keys)
    return Standing(
        environment=roots.environment,
        root=roots.present().id.hex(),
        root_kind=roots.kind,
        algorithm=ALGORITHMS.get(algorithm, USUAL),
        epochs=tuple(_epoch(row, named) for row in epochs.all()),
        subjects=_subjects(keys),
        erased=_erased(keys),
        secrets=secrets.versions(),
        slots=columns.slots(),
        works=tuple(works.all()),
        roll_overdue=rolling.overdue(epochs),
    )


def _epoch(row: Epoch, named: dict[int, int]) -> EpochStanding:
    return EpochStanding(row.number, row.root.hex(), datetime.fromtimestamp(row.made_at, UTC), named.get(row.number, 0))


def _subjects(keys: KeyStore) -> dict[SubjectKind, int]:
    with keys.reading() as connection:
        rows = connection.execute(select(data_keys.c.kind, func.count()).group_by(data_keys.c.kind)).all()
    return {SubjectKind(row[0]): row[1] for row in sorted(map(tuple, rows))}


def _erased(keys: KeyStore) -> int:
    with keys.reading() as connection:
        return connection.scalar(select(func.count()).select_from(erased_subjects)) or 0
