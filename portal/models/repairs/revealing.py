"""Revealing: the phone of the person behind a ticket, shown in plain to those who must call."""

from __future__ import annotations

from portal import clock
from portal.models.accounts.permissions import WORKERS, Role
from portal.models.actor import Actor
from portal.models.customers.look import look
from portal.models.errors import Denied, N_, NotReached
from portal.models.repairs.part import TicketPart

NEAR_THE_JOB = (*WORKERS, Role.INSPECTOR)


class Revealing(TicketPart):
    """Gives a ticket the reveal of its contact's phone."""

    def may_reveal(self, by: Actor) -> bool:
        """Who does the work, or inspects, sees the number only on the day of their job; others by their permission."""
        if by.role not in NEAR_THE_JOB:
            return True
        if self.window_start is None or self.technician_id != by.person_id:
            return False
        return self.window_start.astimezone(clock.SHANGHAI).date() == clock.today()

    def reveal_phone(self, reason: str, by: Actor) -> str:
        """The phone, recorded as a look at the person; raises Denied, Refused, or NotReached when unknown.

        A person's is E.164. Of a caller who is nobody's file it is as the desk noted it, and the look is one
        at the ticket.
        """
        if not self.may_reveal(by):
            raise Denied(N_("上门当天才能查看电话"))
        phone = self.reporter.phone if self.reporter else self.caller_phone
        if not phone:
            raise NotReached
        look(self.reporter or self, "phone", reason, self.number, by)
        return phone
