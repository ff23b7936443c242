"""The columns that sealed groups and blind indexes lie in, marked so that bulk statements keep away from them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.orm import MappedColumn, class_mapper, mapped_column

from portal.vault.index import UNIQUE, short_index

# A column with this in its ``info`` is written by the unit of work only.
GUARDED: Final = {"sealed": True}
# A blind index besides: left out of backups and made anew.
INDEXING: Final = {**GUARDED, "blind_index": True}
# The key of a sealed file besides: rotated like a group, but it holds no fields.
FILE_KEY: Final = {**GUARDED, "file_key": True}


def sealed_column(*, deferred: bool = False) -> MappedColumn[Any]:
    """The column of a group's blob: ``Mapped[bytes | None]``. ``deferred`` for what lists never show."""
    return mapped_column(LargeBinary, deferred=deferred, info=dict(GUARDED))


def file_key_column() -> MappedColumn[Any]:
    """The column of a file key blob: ``Mapped[bytes]``."""
    return mapped_column(LargeBinary, info=dict(FILE_KEY))


def index_column(*, unique: bool = False) -> MappedColumn[Any]:
    """The column of a blind index, not loaded unless asked for.

    A unique one keeps 16 bytes, ``Mapped[bytes | None]``; another a signed 64-bit integer, ``Mapped[int | None]``.
    """
    if unique:
        return mapped_column(LargeBinary(UNIQUE), unique=True, deferred=True, info=dict(INDEXING))
    return mapped_column(BigInteger, index=True, deferred=True, info=dict(INDEXING))


def as_kept(owner: type[object], column: str, index: bytes) -> bytes | int:
    """A blind index in the shape the model's index column keeps."""
    short = isinstance(class_mapper(owner).columns[column].type, BigInteger)
    return short_index(index) if short else index
