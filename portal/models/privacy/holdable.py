"""Holdable: what speaks against it, found in the data or put down by hand."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.models.accounts.permissions import P
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.errors import Denied, N_, NotReached, Refused, WrongState
from portal.models.events import Event, refuse_repetition
from portal.models.privacy.holds import BY_HAND, HOLDS, ErasureHold, found_holds, placed_holds
from portal.models.privacy.part import ErasurePart
from portal.models.privacy.states import HELD, RELEASED, State, is_not_theirs

LONGEST = 1000
BEFORE = (State.REQUESTED, State.CONFIRMED, State.CLEARED)


class Holdable(ErasurePart):
    """Gives a request the reasons to wait."""

    @property
    def holds(self) -> list[str]:
        """The kinds that stand today, in the table's order, each once."""
        standing = {*found_holds(self.person_id), *(hold.kind for hold in placed_holds(self.id))}
        return [kind for kind in HOLDS if kind in standing]

    def hold(self, kind: str, words: str, by: Actor) -> Event:
        """Put a reason down that the data does not show, with what it rests on."""
        self._check(by)
        if kind not in BY_HAND:
            raise Refused(N_("请选择保留的理由"), "kind")
        if not 0 < len(words.strip()) <= LONGEST:
            raise Refused(N_("写明依据（1000 字以内）"), "basis")
        assert by.person_id is not None  # a grant is somebody's
        row = ErasureHold(erasure_id=self.id, kind=kind, placed_at=clock.now(), placed_by_id=by.person_id)
        row.sealed_subject, row.words = self.subject, words.strip()
        db.session.add(row)
        return self.tell(HELD, by, hold=row.id.hex)

    def release(self, hold_id: UUID, by: Actor) -> Event:
        """The reason has gone. Raises NotReached for one of another request or lifted already."""
        self._check(by)
        row = next((hold for hold in placed_holds(self.id) if hold.id == hold_id), None)
        if row is None:
            raise NotReached
        row.lifted_at, row.lifted_by_id = clock.now(), by.person_id
        return self.tell(RELEASED, by, hold=row.id.hex)

    def _check(self, by: Actor) -> None:
        refuse_repetition(by)
        if not (by.may(P.ERASURE_HANDLE) or by.may(P.ERASURE_APPROVE)) or not is_not_theirs(self, by):
            raise Denied
        if self.state not in BEFORE:
            raise WrongState
