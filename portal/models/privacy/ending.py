"""Subjects whose time is over are erased as those who asked for it are: ledger, key store, then database and files."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from portal import clock
from portal.models.accounts.leaving import leave
from portal.models.privacy.destroying import destroy
from portal.models.privacy.ledger import ledger
from portal.vault import Subject, SubjectKind, ring


def end_subjects(subjects: Sequence[Subject], run: UUID) -> None:
    """Erase them for ever; the ledger names ``run`` as what asked for it.

    The caller has committed just before, because no transaction waits for ledger and key store, and commits right
    afterwards: that is the database's part. A crash before it is finished at start-up, by the ledger. Raises
    KeyStoreError.
    """
    ledger().add(subjects, run, clock.now())
    for subject in subjects:
        ring().erase(subject)
    destroy(subjects)
    leave([subject.id for subject in subjects if subject.kind == SubjectKind.PERSON])
