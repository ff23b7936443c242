"""The ledger is replayed: whatever it names is brought to its end in the key store, the database and the files.

At start-up after a crash, and after a restore, whose key store and database know less than the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from portal.models.accounts.leaving import leave
from portal.models.base import db
from portal.models.privacy.destroying import destroy
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.ledger import ledger
from portal.models.privacy.shredding import finish
from portal.vault import Subject, SubjectKind, ring

BATCH = 200


def replay_erasures() -> int:
    """Finish every erasure that the ledger names; how many of its subjects had something left.

    Commits by itself, first in the key store, then in the database, by hundreds. It may be done again at any time.
    Raises KeyStoreError, one line, where the ledger was changed or cut, or a store cannot be written.
    """
    entries, keyring = ledger().shown(), ring()
    named = [entry.subject for entry in entries]
    gone = keyring.erased(named)
    left = {subject for subject in named if subject not in gone}
    for subject in left:
        keyring.erase(subject)
    left |= _requests({entry.request for entry in entries})
    for start in range(0, len(named), BATCH):
        left |= _finish(named[start : start + BATCH])
        db.session.commit()
    return len(left)


def _requests(known: set[UUID]) -> set[Subject]:
    """Requests that the ledger knows and the database has not seen the end of get it, with their receipt.

    One that something was added to since is left to its job, which begins at the ledger.
    """
    open_ones = db.session.execute(select(Erasure.id, Erasure.person_id).where(Erasure.is_open)).all()
    db.session.rollback()
    theirs = [(found, person_id) for found, person_id in open_ones if found in known]
    return {Subject(SubjectKind.PERSON, person_id) for found, person_id in theirs if finish(found)}


def _finish(subjects: Sequence[Subject]) -> set[Subject]:
    left = destroy(subjects).subjects
    leave([subject.id for subject in subjects if subject.kind == SubjectKind.PERSON])
    return left
