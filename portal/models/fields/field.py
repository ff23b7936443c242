"""One field of a sealed group: text on a row, a lookup by blind index on the class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, Self, overload

from sqlalchemy import ColumnElement, false, or_
from sqlalchemy.orm.util import AliasedInsp

from portal.models.fields.closed import Closed
from portal.models.fields.columns import as_kept
from portal.models.fields.row import packed_subject
from portal.vault import SealError, ring
from portal.vault.canonical import utf8
from portal.vault.normalise import NORMALISERS

if TYPE_CHECKING:
    from portal.models.fields.group import SealedGroup
    from portal.models.fields.row import SealedRow


class SealedField:
    """``row.phone`` is the text or None, ``Person.phone`` a ``FieldQuery``. Setting an equal text changes nothing.

    Of an erased subject every field reads None from the moment its key is gone, as it will when the blob is; setting
    one raises Erased.
    """

    __slots__ = ("_column", "_group", "_name", "_slot")

    def __init__(self, group: SealedGroup, name: str) -> None:
        self._group, self._name = group, name
        self._column, self._slot = group.column, group.slot

    @overload
    def __get__(self, row: None, owner: type[object]) -> FieldQuery: ...
    @overload
    def __get__(self, row: SealedRow, owner: type[object]) -> str | None: ...
    def __get__(self, row: SealedRow | None, owner: type[object]) -> FieldQuery | str | None:
        if row is None:
            return FieldQuery(self._group, self._name, owner, owner)
        held = row.__dict__
        opened = held.get(self._slot)
        if opened is not None and opened[0] is held.get(self._column):  # lists read every field: no call for the rest
            text: str | None = opened[1].get(self._name)
            return text
        return self._group.readable(row).get(self._name)

    def __set__(self, row: SealedRow, text: str | None) -> None:
        if text is not None:
            if not isinstance(text, str):
                raise TypeError(f"the field {self._name} takes text or None")
            text = str.__str__(text)
            utf8(text)
        before = self._group.values(row)
        if before.get(self._name) != text:
            self._group.draft(row, _changed(before, self._name, text))


class FieldQuery:
    """What a query can ask of a sealed field: ``==`` and ``in_``, and only where it has a blind index.

    Everything else would silently compare or sort by bytes that mean nothing, so it raises TypeError.
    """

    __slots__ = ("_entity", "_group", "_name", "_owner")

    def __init__(self, group: SealedGroup, name: str, owner: type[Any], entity: Any) -> None:
        self._group, self._name, self._owner, self._entity = group, name, owner, entity

    def __eq__(self, text: object) -> ColumnElement[bool]:  # type: ignore[override]
        return self.in_([text])

    def in_(self, texts: Iterable[object]) -> ColumnElement[bool]:
        """Rows whose index is that of one of the texts; a text without an index is in no row.

        An index can be moved from row to row by who writes to the database: compare a row found with ``matches``.
        """
        if isinstance(texts, str):
            raise TypeError("in_ takes several texts")
        index = self._group.indexes.get(self._name)
        if index is None:
            self._refuse()
        found = [self._index(text, index.normaliser) for text in texts]
        column = getattr(self._entity, index.column)
        wanted = [column == as_kept(self._owner, index.column, one) for one in found if one is not None]
        return or_(*wanted) if wanted else false()

    def matches(self, row: SealedRow, text: str) -> bool:
        """Whether the row, opened, holds this text in any spelling its normaliser takes for the same."""
        index, kept = self._group.indexes.get(self._name), self._group.readable(row).get(self._name)
        if index is None:
            self._refuse()
        rule = NORMALISERS[index.normaliser].rule
        return kept is not None and (wanted := rule(text)) is not None and wanted == rule(kept)

    def read(self, row: SealedRow) -> str | None:
        """The text of a row's field: what the attribute gives, where the field is handed around."""
        return self._group.readable(row).get(self._name)

    def closed(self, row: SealedRow) -> Closed:
        """A row's field to be kept apart from the row. Raises SealError where nothing of the row is sealed yet."""
        blob, subject = getattr(row, self._group.column), packed_subject(row)
        if subject is None or not isinstance(blob, bytes):
            raise SealError
        return Closed(self._group.label, row.id.bytes, subject, blob, self._name)

    def adapt_to_entity(self, inspected: AliasedInsp[Any]) -> Self:
        """SQLAlchemy's way to ask for the same field of ``aliased(Person)``."""
        return type(self)(self._group, self._name, self._owner, inspected.entity)

    def _index(self, text: object, normaliser: str) -> bytes | None:
        if not isinstance(text, str):
            raise TypeError(f"the sealed field {self._name} is looked up by text")
        return ring().blind_index(self._group.label, self._name, normaliser, text)

    def _refuse(self, *_others: object) -> NoReturn:
        raise TypeError(f"the sealed field {self._name} can be looked up by == and in_ only, if it has an index")

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __add__ = __radd__ = _refuse
    __clause_element__ = __bool__ = __iter__ = _refuse


def _changed(values: Mapping[str, str], name: str, text: str | None) -> dict[str, str]:
    changed = {key: value for key, value in values.items() if key != name}
    return changed if text is None else changed | {name: text}
