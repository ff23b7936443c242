"""The people of an application as actors, and the steps that bring a ticket to a state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.models.accounts import Account, Grant, P, Person
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.property import CommonPart, Development, Home, Tenure
from portal.models.repairs import Rating, Signature, Ticket
from portal.models.repairs.reported import Place, Report
from tests.people import CAST

WORDS = "洗澡后天花板滴水，边上发黄"
# The shortest way to each state: verbs in order.
WAYS = {
    "submitted": (),
    "acknowledged": ("acknowledge",),
    "job_booked": ("acknowledge", "book"),
    "in_work": ("acknowledge", "book", "start"),
    "work_done": ("acknowledge", "book", "start", "finish"),
    "awaiting_owner": ("acknowledge", "book", "start", "finish", "pass_check"),
    "accepted": ("acknowledge", "book", "start", "finish", "pass_check", "accept"),
    "rework": ("acknowledge", "book", "start", "finish", "pass_check", "reject"),
    "withdrawn": ("withdraw",),
}
USUAL = {
    "acknowledge": "service_agent",
    "book": "dispatcher",
    "rebook": "dispatcher",
    "book_rework": "manager",
    "start": "technician",
    "post_progress": "technician",
    "finish": "technician",
    "pass_check": "dispatcher",
    "send_back": "dispatcher",
    "accept": "owner",
    "reject": "owner",
    "withdraw": "owner",
}


class Cast:
    """Actors and tickets of one application; use it inside ``with cast.at_work():``."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    @contextmanager
    def at_work(self) -> Iterator[Cast]:
        """An application context whose transaction is rolled back unless the test commits."""
        with self.app.app_context():
            yield self
            db.session.rollback()

    def person(self, key: str) -> Person:
        """Somebody of the cast."""
        found = Person.by_phone(CAST[key].phone)
        assert found is not None
        return found

    def account(self, key: str) -> Account:
        """Their account."""
        return Account.of(self.person(key))

    def grant(self, key: str) -> Grant:
        """The grant of somebody of the staff."""
        return Grant.of_account(self.account(key).id)[0]

    def actor(self, key: str, *, once: bool = False) -> Actor:
        """Somebody acting: staff under their grant, owners as a party of their first home, others by their account."""
        if CAST[key].role:
            actor = self.grant(key).actor()
        elif not CAST[key].homes:
            actor = Actor(person_id=self.person(key).id, permissions=frozenset({P.ACCOUNT_OWN}))
        else:
            person = self.person(key)
            tenure = Tenure.of_person(person.id)[0]
            actor = next(party for party in tenure.parties if party.person_id == person.id).actor(None)
        return actor.with_once(uuid4()) if once else actor

    def signed_in(self, key: str, *, once: bool = False) -> Actor:
        """The same as on the owner's face: with the account, and with nothing but it where there is no home."""
        person, account = self.person(key), self.account(key)
        own = Actor(person_id=person.id, permissions=frozenset({P.ACCOUNT_OWN}))
        actor = self.actor(key) if Tenure.of_person(person.id) else own
        return replace(actor, account_id=account.id, once=uuid4() if once else None)

    def tenure(self, code: str = "1-1-0101") -> Tenure:
        """The household of a home."""
        found = Tenure.running(self.home(code).id)
        assert found is not None
        return found

    def home(self, code: str = "1-1-0101") -> Home:
        """A home by its short form."""
        found = Home.of_code(self.development().id, code)
        assert found is not None
        return found

    def development(self) -> Development:
        """The development of the cast."""
        return db.session.scalars(select(Development).where(Development.code == "here")).one()

    def place(self, code: str = "1-1-0101", space: str = "master_bath") -> Place:
        """A room of a home."""
        return Place(self.development(), self.tenure(code), space_code=space)

    def common(self, part: CommonPart = CommonPart.LIFT) -> Place:
        """A common part, as the owner's household reports it."""
        return Place(self.development(), self.tenure(), common_part=part, building=self.home().entrance.building)

    def ticket(
        self, state: str = "submitted", *, by: str = "owner", code: str = "1-1-0101", **report: object
    ) -> Ticket:
        """A ticket brought to a state by the usual people, flushed and not committed."""
        words = str(report.pop("words", WORDS))
        defect = Defect.current(str(report.pop("defect", "LEAK-05")))
        ticket = Ticket.report(self.place(code), defect, Report(words), self.actor(by))
        db.session.flush()
        for verb in WAYS[state]:
            self.do(ticket, verb)
        assert ticket.state == state
        return ticket

    def do(self, ticket: Ticket, verb: str, by: str | None = None, actor: Actor | None = None) -> None:
        """One step by its usual person, or by somebody else."""
        who = actor or self.actor(by or USUAL[verb])
        _STEPS[verb](self, ticket, who)
        db.session.flush()


def soon(hours: int = 24) -> tuple[datetime, datetime]:
    """A visit window of two hours, ``hours`` from now."""
    start = clock.now().astimezone(UTC) + timedelta(hours=hours)
    return start, start + timedelta(hours=2)


_STEPS = {
    "acknowledge": lambda cast, ticket, who: ticket.acknowledge(by=who),
    "book": lambda cast, ticket, who: ticket.book(cast.grant("technician"), *soon(), by=who),
    "rebook": lambda cast, ticket, who: ticket.book(cast.grant("technician"), *soon(48), by=who),
    "book_rework": lambda cast, ticket, who: ticket.book(cast.grant("technician"), *soon(), by=who),
    "start": lambda cast, ticket, who: ticket.start(by=who),
    "post_progress": lambda cast, ticket, who: ticket.post_progress("正在补防水", by=who),
    "finish": lambda cast, ticket, who: ticket.finish("已补防水并做闭水试验", by=who),
    "pass_check": lambda cast, ticket, who: ticket.pass_check(by=who),
    "send_back": lambda cast, ticket, who: ticket.send_back("收口没做好", by=who),
    "accept": lambda cast, ticket, who: ticket.accept(Signature(name="林晓雯"), Rating(5, 4, 5), "很好", who),
    "reject": lambda cast, ticket, who: ticket.reject(["not_fixed"], "还在滴", who),
    "withdraw": lambda cast, ticket, who: ticket.withdraw("solved", by=who),
}
