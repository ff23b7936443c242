"""The audit chain's jobs: taking checkpoints to their places, and looking every night whether the chain is whole."""

from __future__ import annotations

from time import monotonic
from uuid import UUID

from portal import clock
from portal.backends.checkpoints import NotKept
from portal.extensions import writing
from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.privacy import dropping
from portal.models.privacy.checkpoints import AuditCheckpoint, AuditDelivery, places, undelivered
from portal.models.privacy.verifications import VERIFY, AuditVerification
from portal.models.privacy.verifying import verify
from portal.models.queue import hold

TOLD_EACH_SECONDS = 1.0


def deliver(delivery_id: UUID) -> None:
    """Take a checkpoint to a place; a place that is no longer set is left alone. A failure is kept, and tried again.

    A place may take its time, so the transaction, and the embedded database's write lock with it, ends before.
    """
    row = db.session.get(AuditDelivery, delivery_id)
    checkpoint = db.session.get(AuditCheckpoint, row.checkpoint_id) if row else None
    place = places().get(row.place) if row else None
    if row is None or checkpoint is None or place is None or row.kept_at is not None:
        return
    name, note, key = checkpoint.name, checkpoint.note, checkpoint.id
    db.session.commit()
    failure = None
    try:
        place.keep(name, note, key)
    except NotKept as error:
        failure = error
    row = db.session.get_one(AuditDelivery, delivery_id)
    row.tries += 1
    row.error = str(failure)[:120] if failure else None
    row.kept_at = None if failure else clock.now()
    if failure is not None:
        db.session.commit()
        raise failure


def verify_chain(verification_id: UUID) -> None:
    """Walk the chain for a verification that was asked for, telling the asker's page once a second how far it is."""
    row = db.session.get(AuditVerification, verification_id)
    db.session.commit()
    if row is None or row.ended_at is not None:
        return
    verdict = verify(_Telling(verification_id))
    db.session.get_one(AuditVerification, verification_id).end(verdict)


class _Telling:
    """Writes down how far a verification is, in transactions of its own, and keeps the job's lease."""

    def __init__(self, verification_id: UUID) -> None:
        self._id, self._told = verification_id, monotonic()

    def __call__(self, done: int, total: int) -> None:
        if monotonic() - self._told < TOLD_EACH_SECONDS:
            return
        self._told = monotonic()
        with writing():
            db.session.get_one(AuditVerification, self._id).reach(done, total)
            hold(VERIFY)
            db.session.commit()


def nightly() -> None:
    """Try again what did not arrive, finish a dropping that was killed, and have the whole chain verified."""
    while dropping.remove_some():
        db.session.commit()
    for delivery in undelivered():
        delivery.ask()
    AuditVerification.ask(SYSTEM)
