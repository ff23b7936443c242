"""The ledger is replayed: whatever it names is brought to its end in the key store, the database and the files.

At start-up after a crash, and after a restore, whose key store and database know less than the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence

from portal.models.accounts.leaving import leave
from portal.models.base import db
from portal.models.privacy.destroying import destroy
from portal.models.privacy.ledger import ledger
from portal.vault import Subject, SubjectKind, ring

BATCH = 200


def replay_erasures() -> int:
    """Finish every erasure that the ledger names; how many of its subjects had something left.

    Commits by itself, first in the key store, then in the database, by hundreds. It may be done again at any time.
    Raises KeyStoreError, one line, where the ledger was changed or a store cannot be written.
    """
    named, keyring = [entry.subject for entry in ledger().entries()], ring()
    gone = keyring.erased(named)
    left = {subject for subject in named if subject not in gone}
    for subject in left:
        keyring.erase(subject)
    for start in range(0, len(named), BATCH):
        left |= _finish(named[start : start + BATCH])
        db.session.commit()
    return len(left)


def _finish(subjects: Sequence[Subject]) -> set[Subject]:
    left = destroy(subjects)
    leave([subject.id for subject in subjects if subject.kind == SubjectKind.PERSON])
    return left
