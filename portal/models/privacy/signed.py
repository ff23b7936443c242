"""What was signed on the chain: the notes that the database holds, and those of the places outside."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select

from portal.models.base import db
from portal.models.errors import N_
from portal.models.privacy.checkpoints import AuditCheckpoint, places, read_note
from portal.models.privacy.setting_back import SetBack
from portal.vault import ChainError
from portal.vault.checkpoint import Checkpoint


class Why(StrEnum):
    """Why it is broken."""

    MISSING = "missing"
    CHANGED = "changed"
    BESIDE = "beside"
    REWRITTEN = "rewritten"
    FORGED = "forged"


WHY_WORDS: dict[str, str] = {
    "": "",
    Why.MISSING: N_("这一条不见了"),
    Why.CHANGED: N_("这一条的内容和它的指纹对不上"),
    Why.BESIDE: N_("这一条的查找列和它的内容对不上"),
    Why.REWRITTEN: N_("到这一条为止的记录，和签名检查点记下的不一样"),
    Why.FORGED: N_("有一个检查点不是本系统签的"),
}


class Broken(Exception):
    """The first place at which the chain does not hold."""

    def __init__(self, place: int, why: Why) -> None:
        super().__init__(f"broken at {place}: {why}")
        self.place, self.why = place, why


@dataclass(slots=True)
class Signed:
    """``heads`` maps a number to the heads that notes name there, without those that a restore set aside."""

    heads: dict[int, set[bytes]] = field(default_factory=dict)
    back: SetBack = field(default_factory=SetBack)

    @classmethod
    def found(cls, *, outside: bool) -> Signed:
        """Every note of the table and, with ``outside``, of the places. Raises Broken for one that is not ours,
        NotKept for a place that cannot be read."""
        kept = {row.note: _kept(row) for row in db.session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.n))}
        others = list(_others(kept)) if outside else []
        back = SetBack.of(kept.values(), others)
        signed = cls(back=back)
        for note in (*kept.values(), *(note for note in others if not back.takes(note))):
            signed.heads.setdefault(note.count, set()).add(note.head)
        return signed


def _kept(row: AuditCheckpoint) -> Checkpoint:
    try:
        return row.read()
    except ChainError:
        raise Broken(row.n, Why.FORGED) from None


def _others(kept: Container[str]) -> Iterator[Checkpoint]:
    """What the places have and the database does not."""
    for place in places().values():
        for name, note in place.notes():
            if note in kept:
                continue
            try:
                yield read_note(note)
            except ChainError:
                raise Broken(_number_of(name), Why.FORGED) from None


def _number_of(name: str) -> int:
    digits = name.partition("-")[0]
    return int(digits) if digits.isdecimal() else 0
