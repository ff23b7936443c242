"""How a request for erasure comes to each state, by the usual people."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.models.accounts import Account, P, Person
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.shredding import shred
from portal.models.privacy.states import State
from tests.people import CAST, PASSWORD
from tests.stage.cast import Cast

# Steps in order, from the request that the desk writes down.
WAYS: dict[str, tuple[str, ...]] = {
    State.REQUESTED: (),
    State.CONFIRMED: ("confirm_identity",),
    State.CLEARED: ("confirm_identity", "clear"),
    State.APPROVED: ("confirm_identity", "clear", "approve"),
    State.SHREDDED: ("confirm_identity", "clear", "approve", "shred"),
    State.REFUSED: ("refuse",),
    State.WITHDRAWN: ("withdraw",),
}
USUAL = {
    "confirm_identity": "service_agent",
    "clear": "service_agent",
    "refuse": "service_agent",
    "approve": "auditor",
    "decline": "auditor",
    "withdraw": "co_owner",
}
_STEPS = {
    "confirm_identity": lambda erasure, by: erasure.confirm_identity("in_person", by=by),
    "clear": lambda erasure, by: erasure.clear(by=by),
    "refuse": lambda erasure, by: erasure.refuse("dispute", "有投诉没结案", by=by),
    "approve": lambda erasure, by: erasure.approve(by=by),
    "decline": lambda erasure, by: erasure.decline("tax", "发票要保存十年", by=by),
    "withdraw": lambda erasure, by: erasure.withdraw(by=by),
}


def asked(cast: Cast, state: State, key: str = "co_owner") -> Erasure:
    """A request of somebody whom nothing holds, brought to a state; flushed, and for the last state committed."""
    account = cast.account(key)
    account.password_hash, kept = None, account.password_hash
    erasure = Erasure.ask("", "不再住这里", cast.signed_in(key))
    account.password_hash = kept
    db.session.flush()
    for verb in WAYS[state]:
        if verb == "shred":
            db.session.commit()
            shred(erasure.id)
        else:
            step(cast, erasure, verb, who(cast, verb, key))
    return erasure


def step(cast: Cast, erasure: Erasure, verb: str, actor: Actor | None = None) -> None:
    """One step by its usual person, or by somebody else."""
    _STEPS[verb](erasure, actor or who(cast, verb))
    db.session.flush()


def who(cast: Cast, verb: str, key: str = "co_owner") -> Actor:
    """Whoever takes a step."""
    if verb == "withdraw":
        account = db.session.scalars(select(Account).join(Person).where(Account.person_id == _ids(cast)[key])).one()
        return Actor(person_id=account.person_id, account_id=account.id, permissions=frozenset({P.ACCOUNT_OWN}))
    return cast.actor(USUAL[verb])


def _ids(cast: Cast) -> dict[str, UUID]:
    """Everybody's id, which outlives their phone: in the order in which the cast was made."""
    found = db.session.scalars(select(Person.id).order_by(Person.id))
    return dict(zip(CAST, found, strict=True))


def erased(cast: Cast, key: str = "co_owner") -> Erasure:
    """Somebody is erased, from the asking with the password to the end; committed."""
    erasure = Erasure.ask(PASSWORD, "不再住这里", cast.signed_in(key))
    step(cast, erasure, "clear")
    step(cast, erasure, "approve")
    db.session.commit()
    shred(erasure.id)
    return erasure
