"""A chain to try things on, and what somebody with access to the database could do to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import delete, select, update

from portal.jobs.worker import Worker
from portal.models.base import db
from portal.models.events import Event
from portal.models.privacy import chain, checkpoints
from portal.models.privacy.checkpoints import AuditCheckpoint
from portal.models.privacy.verifying import Verdict, verify
from portal.vault.chain import START, event_hash
from tests.stage.cast import Cast


def number_all() -> int:
    """Number what waits, as the sequencer does."""
    total = 0
    while numbered := chain.number_events():
        db.session.commit()
        total += numbered
    db.session.commit()
    return total


def signed() -> AuditCheckpoint:
    """Sign where the chain stands."""
    row = checkpoints.sign(*chain.head())
    db.session.commit()
    return row


def deliver(app: Flask) -> None:
    """Run the jobs that wait: among them those that take checkpoints to the folder."""
    db.session.commit()
    Worker(app).drain()


def tell(app: Flask, cast: Cast) -> int:
    """Two tickets with notes and a look; numbered, signed in the middle, delivered. Returns the signed number."""
    ticket = cast.ticket("accepted")
    ticket.reveal_phone("return_call", cast.actor("manager"))
    db.session.commit()
    number_all()
    number = signed().n
    deliver(app)
    cast.ticket("rework")
    db.session.commit()
    number_all()
    return number


def found() -> Verdict:
    """What the verifier says now."""
    db.session.commit()
    return verify()


def events() -> list[Event]:
    """The numbered events in order."""
    db.session.expire_all()
    return list(db.session.scalars(select(Event).where(Event.n.is_not(None)).order_by(Event.n)))


def change(number: int, **values: Any) -> None:
    """Write into the row of a number, past the model."""
    row = update(Event.__table__).where(Event.__table__.c.n == number).values(**values)
    db.session.connection().execute(row)
    db.session.commit()


def remove(*numbers: int) -> None:
    """Delete rows, with what points at them."""
    ids = db.session.scalars(select(Event.id).where(Event.n.in_(numbers))).all()
    for table in ("notice", "attachment"):
        tables = Event.metadata.tables
        db.session.execute(delete(tables[table]).where(tables[table].c.event_id.in_(ids)))
    db.session.execute(delete(Event.__table__).where(Event.__table__.c.id.in_(ids)))
    db.session.commit()


def rewrite(*, begin: int = 1) -> None:
    """Compute every hash and number anew, as somebody would who can write everywhere in the database."""
    rows = events()
    head = bytes(rows[begin - 2].h or START) if begin > 1 else START
    rows = rows[begin - 1 :]
    ids = [row.id for row in rows]
    for row in rows:
        db.session.execute(update(Event.__table__).where(Event.__table__.c.id == row.id).values(n=None))
    for number, id_ in enumerate(ids, begin):
        event = db.session.execute(select(Event.json).where(Event.id == id_)).scalar_one()
        head = event_hash(head, event)
        db.session.execute(update(Event.__table__).where(Event.__table__.c.id == id_).values(n=number, h=head))
    db.session.commit()


def folder(app: Flask) -> Path:
    """Where the test's checkpoints lie."""
    return Path(app.extensions["portal.settings"].instance) / "checkpoints"
