"""Receipted: what was destroyed is signed for, and handed out once to somebody who has no account any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from portal import clock
from portal.models.base import db
from portal.models.errors import NotReached
from portal.models.events import history
from portal.models.privacy.askable import digest
from portal.models.privacy.part import ErasurePart
from portal.models.privacy.receipt import Receipt, Step
from portal.models.privacy.states import APPROVED, CLEARED, CONFIRMED, REQUESTED
from portal.vault import ring

if TYPE_CHECKING:
    from portal.models.privacy.erasure import Erasure

# How long the link works after the shredding; the staff keep the receipt for as long as the class ``rights`` says.
LASTS = timedelta(days=90)
_NAMES = {REQUESTED: "requested", CONFIRMED: "identity", CLEARED: "checked", APPROVED: "approved"}
# Somebody who acts for themself without a home has no role.
PERSON = "person"


class Receipted(ErasurePart):
    """Gives a request its receipt."""

    def issue(self, counts: Mapping[str, int], at: datetime) -> None:
        """Write and sign the receipt of what has just been destroyed."""
        told = {event.kind: event for event in history(self, staff=True) if event.kind in _NAMES}
        steps = [Step(_NAMES[kind], told[kind].at, _role(told[kind].role)) for kind in _NAMES if kind in told]
        self.unreadable_from = ring().copies_unreadable_from(at)
        receipt = Receipt(self.number, (*steps, Step("erased", at, "system")), counts, self.unreadable_from)
        self.receipt = receipt.sign()

    @classmethod
    def of_token(cls, token: str) -> Erasure:
        """The request whose receipt this link hands out; raises NotReached when it is unknown, taken or over."""
        from portal.models.privacy.erasure import Erasure

        erasure = db.session.scalar(select(Erasure).where(Erasure.token_hash == digest(token)))
        if erasure is None or erasure.taken_at is not None or erasure.over:
            raise NotReached
        return erasure

    @property
    def over(self) -> bool:
        """Whether the link has stopped working: after its time, or because nothing was erased in the end."""
        if self.ended_at is None:
            return False
        return self.receipt is None or self.ended_at + LASTS <= clock.now()

    def take(self) -> str:
        """Hand the receipt out, once; raises NotReached where there is none yet, or somebody was faster."""
        if self.receipt is None:
            raise NotReached
        model: Any = type(self)
        first = update(model).where(model.id == self.id, model.taken_at.is_(None)).values(taken_at=clock.now())
        if db.session.scalar(first.returning(model.id)) is None:
            raise NotReached
        return self.receipt


def _role(role: str) -> str:
    return PERSON if role == "nobody" else role
