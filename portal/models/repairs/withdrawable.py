"""Withdrawable: the owner takes a report back before the work begins."""

from __future__ import annotations

from enum import StrEnum

from portal.models.actor import Actor
from portal.models.errors import N_, Refused
from portal.models.events import Event
from portal.models.repairs.part import TicketPart


class WithdrawReason(StrEnum):
    """Why a report is taken back."""

    SOLVED = "solved"
    MISTAKE = "mistake"
    LATER = "later"
    OTHER = "other"


WITHDRAW_WORDS: dict[str, str] = {
    WithdrawReason.SOLVED: N_("已经自己解决"),
    WithdrawReason.MISTAKE: N_("报错了"),
    WithdrawReason.LATER: N_("以后再修"),
    WithdrawReason.OTHER: N_("其他原因"),
}


class Withdrawable(TicketPart):
    """Gives a ticket the owner's way out."""

    def withdraw(self, reason: str, by: Actor, *, version: int | None = None) -> Event:
        """End the ticket as withdrawn; raises Refused for an unknown reason."""
        if reason not in WITHDRAW_WORDS:
            raise Refused(N_("请选择撤销的原因"), "reason")
        return self.move("withdraw", by, version=version, reason=reason)
