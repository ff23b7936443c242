"""One approved erasure from ledger to receipt: a person with a household of their own, an account and a session."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from uuid import UUID

from sqlalchemy import select

from benchmarks.result import Result
from benchmarks.vault.stand import server
from portal import clock
from portal.models.accounts import Account, P, Person, Session
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.shredding import shred
from portal.models.privacy.states import State
from portal.models.property import Home, Relation, Tenure
from tests.stage.building import build, close, opened

PEOPLE = 40


def run(database: str) -> list[Result]:
    """The median of forty, each with every commit and fsync between ledger, key store and database."""
    with ExitStack() as stack, tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "instance"
        url = stack.enter_context(server(stack).database()) if database == "postgresql" else ""
        build(folder, url)
        app = opened(folder, url)
        with app.test_request_context():
            db.metadata.create_all(db.engine)  # the bench's own tables: an erasure looks through every sealed one
            approved = [_approved(number) for number in range(PEOPLE)]
            db.session.commit()
            taken = [_milliseconds(erasure_id) for erasure_id in approved]
        close(app)
    suffix = "_pg" if database == "postgresql" else ""
    return [Result.at_most(f"erase_ms{suffix}", "one person erased, receipt included, ms", median(taken), 100, 25)]


def _approved(number: int) -> UUID:
    person = Person.add("林晓雯", f"+861{3_700_000_000 + number}", f"guest{number}@mail.invalid", "云栖里 1 幢")
    person.id_number = f"110101199001{number:06d}"
    account = Account.of(person)
    Session.begin(account)
    like = db.session.scalars(select(Home)).first()
    assert like is not None
    home = Home(
        development=like.development,
        entrance=like.entrance,
        house_type=like.house_type,
        number=f"{900 + number}",
        floor="9",
    )
    db.session.add(home)
    db.session.flush()
    tenure = Tenure.begin(home, clock.today())
    tenure.admit(person, Relation.OWNER)
    tenure.ended_on = clock.today()
    erasure = Erasure.ask(
        "", "不再住这里", Actor(person_id=person.id, account_id=account.id, permissions=frozenset({P.ACCOUNT_OWN}))
    )
    erasure.state = State.APPROVED
    db.session.flush()
    return erasure.id


def _milliseconds(erasure_id: UUID) -> float:
    begun = time.perf_counter()
    shred(erasure_id)
    return (time.perf_counter() - begun) * 1000
