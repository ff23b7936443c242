"""A request for erasure as a screen shows it, alike on both faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext

from portal.models.accounts.permissions import ROLE_WORDS
from portal.models.errors import N_
from portal.models.events import Event, history
from portal.models.privacy import states
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.holds import HOLDS
from portal.models.privacy.receipt import Receipt, read_receipt
from portal.models.privacy.states import METHOD_WORDS, REFUSAL_WORDS, STATE_WORDS, TONES
from portal.web import kept
from portal.web.filters import day, moment
from portal.web.i18n import said

THEMSELF = N_("本人")
TITLES: dict[str, str] = {
    states.REQUESTED: N_("%(who)s提出申请"),
    states.CONFIRMED: N_("身份已核对"),
    states.CLEARED: N_("%(who)s核查过，没有保留理由"),
    states.APPROVED: N_("%(who)s批准"),
    states.REFUSED: N_("%(who)s没有同意"),
    states.WITHDRAWN: N_("申请人撤回"),
    states.SHREDDED: N_("密钥已销毁，删除完成"),
    states.HELD: N_("%(who)s登记了保留理由"),
    states.RELEASED: N_("%(who)s解除了保留理由"),
}
STEP_WORDS: dict[str, str] = {
    "requested": N_("提出申请"),
    "identity": N_("核对身份"),
    "checked": N_("核查保留理由"),
    "approved": N_("批准"),
    "erased": N_("删除完成"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt in the reader's language: when each step was taken and by which role, what is gone, until when copies
    last.
    """

    number: str
    steps: list[tuple[str, str]]
    destroyed: list[str]
    copies: str

    @classmethod
    def of(cls, note: str) -> Told:
        """Read the signed note. Raises ChainError where it is not as it was signed."""
        receipt = read_receipt(note)
        taken = [
            (said(STEP_WORDS[step.name]), gettext("%(at)s，%(who)s", at=moment(step.at), who=who(step.role)))
            for step in receipt.steps
        ]
        return cls(receipt.number, taken, _destroyed(receipt.counts), _copies(receipt))


def who(role: str) -> str:
    """A role in words; somebody who acts for themself without a home is the person."""
    return said(ROLE_WORDS.get(role, THEMSELF))


def _destroyed(count: Mapping[str, int]) -> list[str]:
    told = [gettext("本人的密钥：姓名、电话、邮箱、地址、证件从此打不开")]
    for name, sentence in (
        ("tenures", N_("%(count)s 户的密钥：报修里的话、沟通、签名和照片")),
        ("cases", N_("%(count)s 件公共部位报修的密钥")),
        ("texts", N_("%(count)s 处加密内容")),
        ("files", N_("%(count)s 个文件")),
    ):
        if count[name]:
            told.append(said(sentence, count=count[name]))
    return [*told, gettext("登录、密码、链接、通知，和用来查找的索引")]


def _copies(receipt: Receipt) -> str:
    return gettext(
        "%(day)s起，旧的密钥备份也打不开这些内容。数据库的整机备份、日志归档（WAL）和磁盘快照最长保存 30 天。",
        day=day(receipt.copies),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of what happened."""

    title: str
    tone: str
    at: datetime
    text: str
    photos: Sequence[object] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """A reason to keep, and when it is over. One that was put down by hand has an ``id`` and what it rests on."""

    words: str
    ends: str
    basis: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ErasureView:
    """What both faces show. ``reason`` and ``refusal_words`` are words, or those for what was erased."""

    erasure: Erasure
    state: str
    tone: str
    method: str
    reason: str
    refusal: str
    refusal_words: str
    story: list[Entry]
    receipt: Told | None

    @classmethod
    def of(cls, erasure: Erasure) -> ErasureView:
        """The view of a request that has been reached."""
        return cls(
            erasure,
            said(STATE_WORDS[erasure.state]),
            TONES[erasure.state],
            said(METHOD_WORDS[erasure.method]) if erasure.method else "",
            kept.personal(Erasure.reason, erasure),
            said(REFUSAL_WORDS[erasure.refusal]) if erasure.refusal else "",
            kept.personal(Erasure.refusal_words, erasure),
            [_entry(event) for event in reversed(history(erasure, staff=True)) if event.kind in TITLES],
            Told.of(erasure.receipt) if erasure.receipt else None,
        )


def held(kinds: Sequence[str]) -> list[Hold]:
    """Reasons to keep, in words."""
    return [Hold(said(HOLDS[kind].words), said(HOLDS[kind].ends)) for kind in kinds]


def _entry(event: Event) -> Entry:
    fields, text = event.fields, ""
    if event.kind == states.CONFIRMED:
        text = said(METHOD_WORDS[fields["method"]])
    elif event.kind == states.REFUSED:
        text = said(REFUSAL_WORDS[fields["reason"]])
    tone = {states.REFUSED: "plain", states.WITHDRAWN: "plain", states.HELD: "wait"}.get(event.kind, "go")
    return Entry(said(TITLES[event.kind], who=who(event.role)), tone, event.at, text)
