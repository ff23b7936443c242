"""The audit chain in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, ngettext

from portal.models.privacy import chain
from portal.models.privacy.checkpoints import AuditCheckpoint, AuditDelivery, beginning, places
from portal.models.privacy.setting_back import last_set_back
from portal.models.privacy.signed import WHY_WORDS
from portal.models.privacy.verifications import AuditVerification
from portal.models.privacy.verifying import State
from portal.web.filters import moment
from portal.web.i18n import said

TONES = {State.WHOLE: "go", State.WAITING: "wait", State.BROKEN: "late", State.TRUNCATED: "late"}


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place outside, and whether the newest checkpoint has arrived there."""

    label: str
    words: str
    tone: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ChainView:
    """``answer`` and ``reason`` are the last verdict's words; ``running`` is a verification under way. ``back`` says
    that a restore set the chain back, and where to."""

    answer: str
    reason: str
    tone: str
    tag: str
    running: AuditVerification | None
    count: int
    waiting: bool
    first: int
    checkpoint: AuditCheckpoint | None
    places: list[PlaceLine]
    back: str

    @classmethod
    def now(cls) -> ChainView:
        """As it is at this moment."""
        number, _ = chain.head()
        start, newest = beginning(), AuditCheckpoint.newest()
        last, running = AuditVerification.last_ended(), AuditVerification.running()
        return cls(
            _answer(last),
            _reason(last) if last else gettext("按“立即核验”，从头到尾核对一遍。"),
            TONES[State(last.state)] if last and last.state else "plain",
            _tag(last, running, newest),
            running,
            number,
            chain.waiting(),
            start.n + 1 if start else 1,
            newest,
            _places(newest),
            _back(),
        )


def _answer(last: AuditVerification | None) -> str:
    if last is None or last.state is None:
        return gettext("还没有核验过")
    if last.state == State.BROKEN:
        return gettext("记录链在第 %(n)s 条断开", n=f"{last.place:,}")
    if last.state == State.TRUNCATED:
        return gettext("记录链被截短")
    return gettext("记录链完整")


def _reason(last: AuditVerification) -> str:
    said_of = {
        State.BROKEN: said(WHY_WORDS[last.reason]),
        State.TRUNCATED: gettext(
            "签名检查点记到第 %(n)s 条，现在只到第 %(last)s 条", n=f"{last.place or 0:,}", last=f"{last.last:,}"
        ),
        State.WAITING: ngettext("%(num)s 条还在等编号，其余", "%(num)s 条还在等编号，其余", last.waiting)
        + _followed(last),
        State.WHOLE: _followed(last),
    }[State(last.state or State.WHOLE)]
    seconds = f"{last.milliseconds / 1000:.{1 if last.milliseconds >= 1000 else 3}f}"
    at = moment(last.ended_at or last.asked_at, inside=True)
    return gettext("%(what)s。%(at)s核验，用时 %(seconds)s 秒。", what=said_of, at=at, seconds=seconds)


def _followed(last: AuditVerification) -> str:
    return ngettext(
        "第 %(first)s–%(last)s 条逐条相扣，和 %(num)s 个签名检查点一致",
        "第 %(first)s–%(last)s 条逐条相扣，和 %(num)s 个签名检查点一致",
        last.checkpoints,
        first=f"{last.first:,}",
        last=f"{last.last:,}",
    )


def _back() -> str:
    back = last_set_back()
    if back is None:
        return ""
    at, n = moment(back.at, inside=True), f"{back.count:,}"
    return gettext("%(at)s恢复过备份，记录链回到第 %(n)s 条；在那以前为后面的记录签的检查点不再作数。", at=at, n=n)


def _tag(last: AuditVerification | None, running: AuditVerification | None, newest: AuditCheckpoint | None) -> str:
    done = f"{running.id.hex}.{running.done}" if running else ""
    return f"{last.id.hex if last else ''}.{done}.{newest.id.hex if newest else ''}"


def _places(newest: AuditCheckpoint | None) -> list[PlaceLine]:
    deliveries = AuditDelivery.of(newest) if newest else {}
    return [_place(place.label, deliveries.get(code)) for code, place in places().items()]


def _place(label: str, delivery: AuditDelivery | None) -> PlaceLine:
    if delivery is None:
        return PlaceLine(label, gettext("还没有检查点"), "plain", None)
    if delivery.kept_at is not None:
        return PlaceLine(label, gettext("已存到"), "go", delivery.kept_at)
    if delivery.tries:
        words = ngettext("试了 %(num)s 次没存上", "试了 %(num)s 次没存上", delivery.tries)
        return PlaceLine(label, f"{words} ({delivery.error})", "late", None)
    return PlaceLine(label, gettext("正在送"), "wait", None)
