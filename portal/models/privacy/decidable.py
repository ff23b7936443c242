"""Decidable: who the person is, whether anything must stay, and the word of a second person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal import clock
from portal.models.accounts import Account
from portal.models.accounts.leaving import close
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.errors import N_, Refused
from portal.models.events import Event
from portal.models.privacy.part import ErasurePart
from portal.models.privacy.states import REFUSAL_WORDS, STAFF_METHODS
from portal.models.queue import later

LONGEST = 1000
# The last mail, with the way to the receipt, has this long to go out before there is no address any more.
FAREWELL = timedelta(minutes=5)


class Decidable(ErasurePart):
    """Gives a request its decision."""

    if TYPE_CHECKING:

        @property
        def holds(self) -> list[str]:
            """The kinds of reasons that stand today."""

    def confirm_identity(self, method: str, by: Actor, *, version: int | None = None) -> Event:
        """It is really the person who asks; ``method`` says how that was made sure."""
        if method not in STAFF_METHODS:
            raise Refused(N_("请选择怎样核对的"), "method")
        event = self.move("confirm_identity", by, version=version, method=method)
        self.method, self.confirmed_by_id = method, by.person_id
        return event

    def clear(self, by: Actor, *, version: int | None = None) -> Event:
        """Nothing must stay; raises Refused while a hold stands."""
        self.ready("clear", by, version)
        self._refuse_held()
        event = self.move("clear", by, version=version)
        self.cleared_by_id = by.person_id
        return event

    def refuse(self, reason: str, words: str, by: Actor, *, version: int | None = None) -> Event:
        """The data stays, stored and protected only; ``words`` tell the person why. The desk's step."""
        return self._turn_down("refuse", reason, words, by, version)

    def decline(self, reason: str, words: str, by: Actor, *, version: int | None = None) -> Event:
        """The same by whoever was asked to approve."""
        return self._turn_down("decline", reason, words, by, version)

    def approve(self, by: Actor, *, version: int | None = None) -> Event:
        """A second person agrees: every way in ends now, and the shredding begins after the last mail.

        Raises Refused while a hold stands; Denied for anybody who had the request in hand before.
        """
        self.ready("approve", by, version)
        self._refuse_held()
        event = self.move("approve", by, version=version)
        self.decided_by_id = by.person_id
        account = db.session.scalar(select(Account).where(Account.person_id == self.person_id))
        if account is not None:
            close(account)
        later("privacy.farewell", erasure=self.id.hex, key=f"farewell:{self.id.hex}")
        later("privacy.shred", at=clock.now() + FAREWELL, erasure=self.id.hex, key=f"shred:{self.id.hex}")
        return event

    def withdraw(self, by: Actor, *, version: int | None = None) -> Event:
        """The person takes the request back, as long as it is not approved."""
        event = self.move("withdraw", by, version=version)
        self.ended_at = clock.now()
        return event

    def _turn_down(self, verb: str, reason: str, words: str, by: Actor, version: int | None) -> Event:
        if reason not in REFUSAL_WORDS:
            raise Refused(N_("请选择理由"), "reason")
        if not 0 < len(words.strip()) <= LONGEST:
            raise Refused(N_("写明理由，申请人会看到（1000 字以内）"), "words")
        event = self.move(verb, by, version=version, note=words.strip(), reason=reason)
        self.refusal, self.refusal_words = reason, words.strip()
        self.decided_by_id, self.ended_at = by.person_id, clock.now()
        return event

    def _refuse_held(self) -> None:
        if self.holds:
            raise Refused(N_("还有保留的理由，现在不能删除"))
