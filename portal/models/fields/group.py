"""A sealed group: several fields of a row in one blob, opened when the first of them is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple, Self, overload

from portal.models.fields.columns import as_kept
from portal.models.fields.draft import Draft
from portal.models.fields.field import SealedField
from portal.models.fields.row import OPENED, SealedRow, packed_subject
from portal.vault import Erased, KeyRing, SealError, ring
from portal.vault.normalise import NORMALISERS
from portal.vault.sealing import label_bytes

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Index(NamedTuple):
    """Where a field's blind index lies and which rule makes it."""

    column: str
    normaliser: str


class SealedGroup:
    """Declares a group: ``contact = SealedGroup("person.contact", "contact_sealed", ("name", "phone"))``.

    ``label`` is bound into every blob and may never change once rows exist; ``column`` names a ``sealed_column``. On a
    row the group reads as a mapping of the fields that are not null; assigning None clears it.
    """

    def __init__(self, label: str, column: str, fields: Collection[str]) -> None:
        label_bytes(label)
        self.label, self.column, self.fields = label, column, tuple(fields)
        self.indexes: dict[str, Index] = {}
        self.slot = OPENED + column

    def field(self, name: str, *, index: str | None = None, normaliser: str | None = None) -> SealedField:
        """The attribute for one of the fields; with ``index``, an ``index_column``, it can be looked up by."""
        if name not in self.fields or (index is None) != (normaliser is None):
            raise ValueError(f"{self.label} has no field {name}, or an index without its normaliser")
        if index is not None and normaliser is not None:
            if normaliser not in NORMALISERS:
                raise ValueError(f"there is no normaliser {normaliser}")
            self.indexes[name] = Index(index, normaliser)
        return SealedField(self, name)

    @overload
    def __get__(self, row: None, owner: type[object]) -> Self: ...
    @overload
    def __get__(self, row: SealedRow, owner: type[object]) -> Mapping[str, str]: ...
    def __get__(self, row: SealedRow | None, owner: type[object]) -> Self | Mapping[str, str]:
        return self if row is None else MappingProxyType(dict(self.values(row)))

    def __set__(self, row: SealedRow, value: None) -> None:
        if value is not None:
            raise TypeError("a group is set field by field")
        setattr(row, self.column, None)

    def values(self, row: SealedRow) -> Mapping[str, str]:
        """The fields that are not null. Opened once for as long as the row keeps this very blob object.

        Raises SealError, Erased or KeyMissing.
        """
        held = row.__dict__
        raw = held.get(self.column)
        if raw is None:  # expired, deferred or null
            raw = getattr(row, self.column)
            if raw is None:
                return _NOTHING
        opened = held.get(self.slot)
        if opened is not None and opened[0] is raw:
            found: Mapping[str, str] = opened[1]
            return found
        if type(raw) is Draft:
            return raw.values
        return self.open(row, raw, ring())

    def readable(self, row: SealedRow) -> Mapping[str, str]:
        """The same, and nothing where the subject was erased. Raises SealError or KeyMissing."""
        try:
            return self.values(row)
        except Erased:
            return _NOTHING

    def draft(self, row: SealedRow, values: Mapping[str, str]) -> None:
        """Let the next flush seal these values, unknown ones among them; null when there are none."""
        setattr(row, self.column, Draft(values) if values else None)

    def open(self, row: SealedRow, blob: bytes, keyring: KeyRing) -> Mapping[str, str]:
        """Open the blob for this row, whatever was opened before, and keep the values while the row keeps the blob."""
        subject = packed_subject(row)
        if subject is None:
            raise SealError
        values = keyring.open_packed(self.label, row.id.bytes, subject, blob)
        row.__dict__[self.slot] = blob, values
        return values

    def open_many(self, rows: Iterable[SealedRow], keyring: KeyRing) -> None:
        """Open the rows that are still closed; one that does not open stays so, and reading it says why."""
        closed, wanted = [], []
        for row in rows:
            blob = self._closed(row)
            subject = packed_subject(row) if blob is not None else None
            if blob is not None and subject is not None:
                closed.append((row, blob))
                wanted.append((row.id.bytes, subject, blob))
        for (row, blob), values in zip(closed, keyring.open_many(self.label, wanted), strict=True):
            if values is not None:
                row.__dict__[self.slot] = blob, values

    def _closed(self, row: SealedRow) -> bytes | None:
        raw = getattr(row, self.column)
        opened = row.__dict__.get(self.slot)
        if raw is None or type(raw) is Draft or (opened is not None and opened[0] is raw):
            return None
        blob: bytes = raw
        return blob

    def cleared(self, row: SealedRow) -> bool:
        """Whether the group is null; then its index columns are made so too."""
        if getattr(row, self.column) is not None:
            return False
        for index in self.indexes.values():
            setattr(row, index.column, None)
        return True

    def settle(self, row: SealedRow, keyring: KeyRing) -> None:
        """Bring blob and index columns in line before they are written, in a group that is not null.

        A draft is sealed; any other blob must open for the row as it is now, so that no blob of another row, label or
        subject is written. Raises SealError, Erased or KeyMissing.
        """
        raw = getattr(row, self.column)
        values = self._seal(row, raw, keyring) if type(raw) is Draft else self.open(row, raw, keyring)
        for name, index in self.indexes.items():
            text = values.get(name)
            found = None if text is None else keyring.blind_index(self.label, name, index.normaliser, text)
            setattr(row, index.column, None if found is None else as_kept(type(row), index.column, found))

    def _seal(self, row: SealedRow, draft: Draft, keyring: KeyRing) -> Mapping[str, str]:
        subject = row.sealed_subject
        if subject is None:
            raise ValueError(f"{type(row).__name__} has no subject whose key could seal it")
        blob = keyring.seal_group(self.label, row.id, subject, draft.values)
        setattr(row, self.column, blob)
        row.__dict__[self.slot] = blob, draft.values
        return draft.values
