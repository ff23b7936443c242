"""One person is erased, by the verbs that the pages call and the jobs that the worker runs."""

from __future__ import annotations

from time import perf_counter
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.cli.drilling.scene import PASSWORD, Scene
from portal.jobs.worker import Worker
from portal.models.accounts import Account, Grant, P, Role
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.privacy.decidable import FAREWELL
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.shredding import shred
from portal.models.property import Development


def approved(scene: Scene) -> UUID:
    """Asked with the password, which proves who asks; checked by the desk; approved by a second person. Committed."""
    account = db.session.scalars(select(Account).where(Account.person_id == scene.person_id)).one()
    own = Actor(person_id=scene.person_id, account_id=account.id, permissions=frozenset({P.ACCOUNT_OWN}))
    erasure = Erasure.ask(PASSWORD, "", by=own)
    development = db.session.scalars(select(Development)).one()
    for role, verb in ((Role.SERVICE_AGENT, erasure.clear), (Role.AUDITOR, erasure.approve)):
        verb(by=Grant.holders(role, development.id)[0].actor())
    db.session.commit()
    return erasure.id


def shredded(erasure_id: UUID) -> float:
    """What the job does; how many milliseconds it takes until everything of it is committed."""
    began = perf_counter()
    shred(erasure_id)
    return (perf_counter() - began) * 1000


def jobs_done(app: Flask) -> None:
    """Everything that waits is done, what is due in some minutes too: mails, thumbnails, objects without a row."""
    with clock.at(clock.now() + 2 * FAREWELL):
        Worker(app).drain()


def receipt_of(erasure_id: UUID) -> str:
    """The receipt, as it was signed."""
    found = db.session.get_one(Erasure, erasure_id, populate_existing=True)
    return found.receipt or ""
