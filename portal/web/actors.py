"""From a session to the actor of a face: one grant in use at a time."""

from __future__ import annotations

from portal.models.accounts import P
from portal.models.accounts.in_use import grant_in_use
from portal.models.actor import NOBODY, Actor
from portal.models.property.signed_in import SignedIn
from portal.models.property.tenure import household_actor


def actor_for(signed_in: SignedIn, face: str, request_id: str) -> Actor:
    """Who the session's person is on a face: the grant they use on the staff's, a party of the home they use elsewhere.

    Somebody without a grant is nobody on the staff's face, and holds only their own account elsewhere.
    """
    if face == "staff":
        grant = grant_in_use(signed_in.account_id, signed_in.id)
        return grant.actor(request_id) if grant is not None else NOBODY
    if signed_in.relation is not None:
        return household_actor(
            signed_in.relation, signed_in.rights, signed_in.person_id, signed_in.account_id, request_id
        )
    return Actor(
        person_id=signed_in.person_id,
        account_id=signed_in.account_id,
        permissions=frozenset({P.ACCOUNT_OWN}),
        request_id=request_id,
    )
