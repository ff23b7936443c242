"""Whether the three sets are whole and belong together: everything is looked at in the copies themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import Connection, func, select, text

from portal.backup import ledgers, manifest, objects
from portal.backup.errors import BackupError
from portal.backup.manifest import Manifest
from portal.backup.places import DATABASE, KEY_STORE, Sets
from portal.backup.rows import old_copy
from portal.config import Settings
from portal.models.fields.places import Place, places
from portal.models.fields.row import packed
from portal.models.files import SealedFile
from portal.vault import Erased, KeyRing, SealError, Subject, SubjectKind
from portal.vault.errors import KeyMissing
from portal.vault.files import object_length
from portal.vault.frozen import frozen_url
from portal.vault.ledger import Ledger

SAMPLE = 50

_LACKING = """
select count(*) from {table} r where r.{column} is not null
and not exists (select 1 from k.vault_erased_subject e where e.kind = r.subject_kind and e.subject = r.subject_id)
and {condition} (select 1 from k.vault_data_key d where d.kind = r.subject_kind and d.subject = r.subject_id {version})
"""
_VERSION = "and printf('%04X', d.version) = hex(substr(r.{column}, 3, 2))"
_LATER = "and printf('%04X', d.version) > hex(substr(r.{column}, 3, 2))"
OLDER = "the key store is older than the database; name the key set made with the database set, or a newer one"
NEWER = "the key store has lost keys of the database to a rotation; name the key set made with the database set"


def check(sets: Sets, settings: Settings, database: Path, told: Callable[[], None] = lambda: None) -> Manifest:
    """Look at everything; ``database`` is the copy at the newest revision. Raises BackupError or KeyStoreError.

    Hashes and counts; one installation; the root opens epochs and secrets; every row has its key, and a sample of each
    group opens; every object is as it was; the ledger is no older than the sets, and no shorter than their key store
    has seen it.
    """
    found, of_keys = manifest.read(sets.database, "database"), manifest.read(sets.keys, "keys")
    if found.installation != of_keys.installation:
        raise BackupError("the database set and the key set belong to different installations")
    _count(sets.database / DATABASE, found)
    _count(sets.keys / KEY_STORE, of_keys)
    ledger = ledgers.confirm(sets.ledger, settings.ledger, (found, of_keys))
    with copied_ring(sets, settings) as ring, old_copy(database) as rows:
        if ring.installation.hex != found.installation:
            raise BackupError("the epoch set and the database set belong to different installations")
        Ledger(sets.ledger, ring.installation, ring.secret("audit"), ring.witness).confirm(ledger)
        _keys_there(rows, sets.keys / KEY_STORE)
        for place in places():
            _sample(rows, place, ring)
        if found.with_files:
            _objects(rows, sets.database, found, told)
    return found


@contextmanager
def copied_ring(sets: Sets, settings: Settings) -> Iterator[KeyRing]:
    """The ring of the copies under the installation's root key. Raises KeyStoreError with one line when they do not
    belong together."""
    urls = {"keys_url": frozen_url(sets.keys / KEY_STORE), "epochs_url": frozen_url(sets.epochs)}
    ring = KeyRing.open(replace(settings, **urls))  # type: ignore[arg-type]
    try:
        yield ring
    finally:
        ring.close()


def _count(file: Path, found: Manifest) -> None:
    with old_copy(file) as connection:
        for table, number in found.tables.items():
            if connection.scalar(text(f'select count(*) from "{table}"')) != number:  # noqa: S608 - a name of ours
                raise BackupError(f"{file} does not hold what its manifest says; use another backup")


def _keys_there(rows: Connection, keys: Path) -> None:
    """Every row's subject has the key version its blob names, or was erased."""
    rows.execute(text("attach database :keys as k"), {"keys": f"file:{quote(str(keys))}?mode=ro&immutable=1"})
    for place in places():
        if _lacking(rows, place, "not exists", _VERSION):
            gone = _lacking(rows, place, "exists", _LATER) and not _lacking(rows, place, "not exists", "")
            raise BackupError(NEWER if gone else OLDER)


def _lacking(rows: Connection, place: Place, condition: str, version: str) -> bool:
    names = {"table": place.table.name, "column": place.column}
    asked = _LACKING.format(condition=condition, version=version.format(**names), **names)
    return bool(rows.scalar(text(asked)))


def _sample(rows: Connection, place: Place, ring: KeyRing) -> None:
    """Open some rows, by chance. Raises BackupError for one that does not open although its key is there."""
    blob = place.table.c[place.column]
    wanted = select(*place.row_columns).where(blob.is_not(None)).order_by(func.random()).limit(SAMPLE)
    for row in rows.execute(wanted):
        try:
            open_row(place, row, ring)
        except Erased:
            continue
        except (SealError, KeyMissing):
            raise BackupError(f"row {row.id} of {place.name} in the copy does not open") from None


def open_row(place: Place, row: Any, ring: KeyRing) -> None:
    """Open what one row of a copy seals, given as ``place.row_columns``. Raises SealError, Erased or KeyMissing."""
    subject = packed(row.kind, row.subject)
    if subject is None:
        raise SealError
    if place.group is not None:
        ring.open_packed(place.label, row.id.bytes, subject, row.blob)
        return
    ring.opened_file(row.id, Subject(SubjectKind(subject[0]), UUID(bytes=subject[1:])), row.blob)


def _objects(rows: Connection, folder: Path, found: Manifest, told: Callable[[], None]) -> None:
    """Every row has its object, as long as its content needs it, and every object is as listed."""
    listed = objects.read_list(folder)
    lengths = {one.name: one.size for one in listed}
    for file_id, size in rows.execute(select(SealedFile.id, SealedFile.size)):
        if file_id.hex not in found.missing and lengths.get(file_id.hex) != object_length(size):
            raise BackupError(f"the object {file_id.hex} is not as long as its row says")
    objects.confirm(folder, listed, told)
