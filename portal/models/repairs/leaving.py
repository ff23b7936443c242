"""What goes with a person from what is said about a home: their name as a caller, and their signature.

It is sealed under the household, which may live on. The rest of what was said belongs to the household.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from uuid import UUID

from sqlalchemy import select

from portal.models.accounts.leaving import goes
from portal.models.base import db
from portal.models.files import Attachment
from portal.models.repairs.confirmable import Confirmation
from portal.models.repairs.ticket import Ticket
from portal.models.scoping import by_rule
from portal.vault import VaultError


@goes
def _names(person_ids: Collection[UUID]) -> int:
    changed: set[UUID] = set()
    theirs = by_rule(select(Ticket).where(Ticket.reporter_id.in_(person_ids)), "what the persons reported")
    for ticket in db.session.scalars(theirs):
        with suppress(VaultError):  # what does not open shows no name either
            if ticket.caller_name is not None or ticket.caller_phone is not None:
                ticket.caller_name = ticket.caller_phone = None
                changed.add(ticket.id)
    for answer in db.session.scalars(select(Confirmation).where(Confirmation.person_id.in_(person_ids))):
        with suppress(VaultError):
            if answer.signature_name is not None or answer.signature_path is not None:
                answer.signature_name = answer.signature_path = None
                changed.add(answer.ticket_id)
    for ticket_id in changed:
        found = by_rule(select(Ticket).where(Ticket.id == ticket_id), "what the persons said about it")
        db.session.scalars(found).one().changed(owner_sees=True)  # a page that was kept has the name in it
    db.session.flush()
    return len(changed)


@goes
def _drafts(person_ids: Collection[UUID]) -> int:
    """Photos of forms that were never sent."""
    waiting = select(Attachment).where(Attachment.author_id.in_(person_ids), Attachment.draft.is_not(None))
    found = db.session.scalars(waiting).all()
    for attachment in found:
        attachment.drop()
    return len(found)
