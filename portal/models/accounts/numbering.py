"""Every change of a person's contact gets a number, so that each process's index of names can follow the database.

The rows of a transaction share one number, which they get at its end: the counter's row stays locked until the commit,
so numbers are committed in their order, and whoever has seen all up to one needs to ask only for the greater ones.
"""

from __future__ import annotations

from sqlalchemy import event, inspect, update
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.attributes import flag_modified

from portal.models.accounts.person import Person
from portal.models.base import count_up, db
from portal.models.signals import Topic

# The counter's name among the topics, and what a row has until its transaction ends.
CONTACTS = "contacts"
PENDING = 0
_CHANGED = "portal.contacts_changed"


def _mark(session: Session, _context: object, _instances: object) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, Person) and "contact_sealed" not in inspect(row).unmodified:
            row.contact_change = PENDING
            flag_modified(row, "contact_change")  # written even where the row was pending already
            session.info[_CHANGED] = True


def _number(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint is released: nothing is committed yet
        return
    session.flush()
    if session.info.pop(_CHANGED, False):
        number = count_up(Topic.version, CONTACTS)
        pending = update(Person).where(Person.contact_change == PENDING).values(contact_change=number)
        session.execute(pending, execution_options={"synchronize_session": False})


def _forget(session: Session, ended: SessionTransaction) -> None:
    """Nothing happened. After a savepoint's rollback something else still may: one number too many does no harm."""
    if not ended.nested:
        session.info.pop(_CHANGED, None)


event.listen(db.session, "before_flush", _mark)
event.listen(db.session, "before_commit", _number)
event.listen(db.session, "after_soft_rollback", _forget)
