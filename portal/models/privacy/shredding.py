"""The shredding: ledger, then key store, then database and files, each step committed before the next.

Every step may be done again. A crash after the ledger is finished at start-up; one before it has destroyed nothing, and
the job that asked for the shredding comes back.
"""

from __future__ import annotations

from contextlib import closing, suppress
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal import clock
from portal.models.accounts.leaving import leave
from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.privacy.destroying import destroy
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.ledger import ledger
from portal.models.privacy.states import OPEN, SHREDDED, State
from portal.models.property import Party
from portal.models.repairs import Ticket
from portal.models.scoping import by_rule
from portal.vault import Subject, SubjectKind, ring


def shred(erasure_id: UUID) -> None:
    """Carry an approved erasure out; one in any other state is left alone. Commits by itself.

    Raises KeyStoreError where ledger or key store cannot be written: what was done stays done, do it again.
    """
    done = False
    while not done:
        erasure = db.session.get(Erasure, erasure_id, populate_existing=True)
        if erasure is None or erasure.state != State.APPROVED:
            return
        subjects = subjects_of(erasure.person_id)
        db.session.rollback()  # no transaction waits for the disk
        ledger().add(subjects, erasure_id, clock.now())
        for subject in subjects:
            ring().erase(subject)
        done = finish(erasure_id)
    overwrite()


def subjects_of(person_id: UUID) -> list[Subject]:
    """Whose keys go with a person: their own, those of the homes where nobody of the household is left, and those of
    the cases they opened themself.

    Somebody whose key is gone is not left, even while the database has not heard of it: of two who go at once, the
    one whose key goes last takes the household's along.
    """
    mine = select(Party.tenure_id).where(Party.person_id == person_id)
    others = select(Party.tenure_id, Party.person_id).where(Party.tenure_id.in_(mine), Party.person_id != person_id)
    people = [(tenure, Subject(SubjectKind.PERSON, other)) for tenure, other in db.session.execute(others)]
    gone = ring().erased(person for _, person in people)
    inhabited = {tenure for tenure, person in people if person not in gone}
    tenures = db.session.scalars(mine.order_by(Party.tenure_id)).all()
    cases = select(Ticket.id).where(Ticket.reporter_id == person_id, Ticket.tenure_id.is_(None)).order_by(Ticket.id)
    cases = by_rule(cases, "what an erased person reported")
    return [
        Subject(SubjectKind.PERSON, person_id),
        *(Subject(SubjectKind.TENURE, tenure) for tenure in tenures if tenure not in inhabited),
        *(Subject(SubjectKind.CASE, case) for case in db.session.scalars(cases)),
    ]


def finish(erasure_id: UUID) -> bool:
    """The database's part, in one transaction: whether it is done.

    It is not where something of the person has come in since the ledger was written: then there are more keys to go.
    """
    named = ledger().of_request(erasure_id)
    erasure = db.session.get(Erasure, erasure_id, populate_existing=True, with_for_update=True)
    if erasure is None or erasure.state not in OPEN:
        db.session.rollback()
        return True
    if not {*subjects_of(erasure.person_id)} <= {*named}:
        db.session.rollback()
        return False
    destroyed, now = destroy(named), clock.now()
    leave([erasure.person_id])
    counts = _counts(named) | {"texts": destroyed.texts, "files": destroyed.files}
    erasure.state, erasure.is_open, erasure.ended_at, erasure.moves = State.SHREDDED, False, now, erasure.moves + 1
    erasure.tell(SHREDDED, SYSTEM, note=None, **counts)
    erasure.issue(counts, now)
    db.session.commit()
    return True


def overwrite() -> None:
    """Empty the embedded database's log, where the blind indexes of the erased would live on for a while.

    A reader may hold it: then the log is overwritten by what is written next.
    """
    if db.engine.dialect.name != "sqlite":
        return
    with suppress(OperationalError), closing(db.engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _counts(subjects: list[Subject]) -> dict[str, int]:
    kinds = [subject.kind for subject in subjects]
    return {
        "persons": kinds.count(SubjectKind.PERSON),
        "tenures": kinds.count(SubjectKind.TENURE),
        "cases": kinds.count(SubjectKind.CASE),
    }
