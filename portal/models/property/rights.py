"""What a member of a household may do there: rights that the owner gives and takes, as permissions of the actor."""

from __future__ import annotations

from enum import IntFlag
from functools import cache

from portal.models.accounts.permissions import GRANTS, P, Role
from portal.models.actor import Actor
from portal.models.errors import N_


class Right(IntFlag):
    """Rights in a household, as a party's row keeps them. Seeing is the floor: who is a party has it."""

    SEE = 1
    REPORT = 2
    COSTS = 4
    SIGN = 8


ALL = Right.SEE | Right.REPORT | Right.COSTS | Right.SIGN
# Those the owner chooses, with what they are called in front of everybody.
RIGHT_WORDS: dict[Right, str] = {
    Right.REPORT: N_("报修、留言、撤销"),
    Right.COSTS: N_("同意收费"),
    Right.SIGN: N_("验收签字、评价"),
}
PERMISSIONS: dict[Right, frozenset[P]] = {
    Right.REPORT: frozenset({P.TICKET_REPORT, P.TICKET_MESSAGE, P.TICKET_WITHDRAW}),
    Right.COSTS: frozenset({P.COSTS_APPROVE}),
    Right.SIGN: frozenset({P.TICKET_CONFIRM}),
}


@cache
def permissions_of(role: Role, rights: int) -> frozenset[P]:
    """What the role may do, without what the rights do not give."""
    withheld = [held for right, held in PERMISSIONS.items() if not rights & right]
    return GRANTS[role].difference(*withheld)


def rights_of(actor: Actor) -> int:
    """The rights an actor uses: a home in which the person has fewer is not reached with them."""
    held = (right for right, permissions in PERMISSIONS.items() if permissions & actor.permissions)
    return int(sum(held, start=Right.SEE))
