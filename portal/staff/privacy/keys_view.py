"""Work on keys in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from flask_babel import ngettext

from portal.models.errors import N_
from portal.vault import SubjectKind, ring
from portal.vault.standing import Standing
from portal.vault.work import Work
from portal.web.i18n import said

WORKS = {
    "rotate-data": N_("资料换密钥，逐行重新加密"),
    "rotate-subject": N_("一位当事人换密钥"),
    "rotate-index": N_("查找索引换密钥"),
    "rotate-root": N_("换根密钥"),
    "roll-epoch": N_("换周期密钥"),
    "drop-versions": N_("删除不再用的旧密钥"),
    "verify": N_("全部打开核对"),
    "verify-sample": N_("每晚抽样核对"),
}
KINDS = {
    SubjectKind.PERSON: N_("个人"),
    SubjectKind.TENURE: N_("住户"),
    SubjectKind.CASE: N_("个案"),
    SubjectKind.SYSTEM: N_("系统"),
}


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One command's last run. ``at`` is when it ended, or began where it has not ended."""

    title: str
    running: bool
    done: int
    total: int
    at: datetime

    @classmethod
    def of(cls, work: Work) -> WorkLine:
        """In the reader's language; a command we have no words for goes by its name."""
        title = said(WORKS[work.name]) if work.name in WORKS else work.name
        at = work.began_at if work.ended_at is None else work.ended_at
        return cls(title, work.running, work.done, max(work.total, work.done), datetime.fromtimestamp(at, UTC))


@dataclass(frozen=True, slots=True)
class KeysView:
    """``works`` are those that run, then the others, the newest first."""

    works: list[WorkLine]
    standing: Standing
    subjects: list[tuple[str, str, str]]

    @classmethod
    def now(cls) -> KeysView:
        """As it is at this moment."""
        found = ring().standing()
        works = sorted(map(WorkLine.of, found.works), key=lambda line: (not line.running, -line.at.timestamp()))
        counts = [(said(KINDS[kind]), f"{count:,}", "num") for kind, count in found.subjects.items()]
        return cls(works, found, counts)

    @property
    def running(self) -> bool:
        """Whether any work has not come to its end."""
        return any(line.running for line in self.works)

    @property
    def tag(self) -> str:
        """Another one whenever a bar has moved."""
        return sha256(repr(self.works).encode()).hexdigest()[:16]

    @property
    def epoch_age(self) -> str:
        """How old the newest epoch is, in days."""
        days = self.standing.epochs[-1].age.days
        return ngettext("%(num)s 天", "%(num)s 天", days)
