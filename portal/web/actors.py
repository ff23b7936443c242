"""From a session to the actor of a face: one grant in use at a time."""

from __future__ import annotations

from portal.models.accounts import Grant, P
from portal.models.actor import NOBODY, Actor
from portal.models.property.signed_in import SignedIn
from portal.models.property.tenure import household_actor


def actor_for(signed_in: SignedIn, face: str, request_id: str) -> Actor:
    """Who the session's person is on a face: their first grant on the staff's, a party of the home they use
    elsewhere.

    Somebody without a grant is nobody on the staff's face, and holds only their own account elsewhere.
    """
    if face == "staff":
        grants = Grant.of_account(signed_in.account_id)
        return grants[0].actor(request_id) if grants else NOBODY
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
