"""Whose key seals: the owner of a data key."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple
from uuid import UUID


class SubjectKind(IntEnum):
    """What owns a data key. The numbers stand in sealed bytes and never change."""

    PERSON = 1
    TENURE = 2
    CASE = 3
    SYSTEM = 4


class Subject(NamedTuple):
    """One owner of a data key. The system's id is sixteen zero bytes."""

    kind: SubjectKind
    id: UUID

    @property
    def packed(self) -> bytes:
        """kind(1) | id(16): how a subject stands in associated data."""
        return bytes((self.kind,)) + self.id.bytes
