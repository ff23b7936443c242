"""From a session to the actor of a face: one grant in use at a time."""

from __future__ import annotations

from portal.models.accounts import Grant, P
from portal.models.accounts.session import Session
from portal.models.actor import NOBODY, Actor
from portal.models.property.tenure import Tenure, household_actor


def actor_for(session: Session, face: str, request_id: str) -> Actor:
    """Who the session's person is on a face: their first grant on the staff's, a party of their first home elsewhere.

    Somebody without a grant is nobody on the staff's face, and holds only their own account elsewhere.
    """
    account = session.account
    if face == "staff":
        grants = Grant.of_account(account.id)
        return grants[0].actor(request_id) if grants else NOBODY
    for relation in Tenure.relations_of(account.person_id):
        return household_actor(relation, account.person_id, account.id, request_id)
    return Actor(
        person_id=account.person_id,
        account_id=account.id,
        permissions=frozenset({P.ACCOUNT_OWN}),
        request_id=request_id,
    )
