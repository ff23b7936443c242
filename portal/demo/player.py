"""Plays the demonstration's scenes through the verbs of the models, each at its own moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from uuid import UUID

from sqlalchemy import delete, select

from portal import clock
from portal.demo.photos import draw
from portal.demo.scenes import SEED, Scenes, generate, load_scenes, written
from portal.demo.settling import PASSWORD, Settled, settle
from portal.demo.tickets import Step, TicketScene
from portal.models.accounts.permissions import ROLE_WORDS
from portal.models.actor import Actor
from portal.models.base import db, new_id
from portal.models.catalogue import Defect
from portal.models.events import Event
from portal.models.files import Attachment
from portal.models.files.photo import Photo, read_photo
from portal.models.notices import fan_out
from portal.models.property import CommonPart, Development
from portal.models.queue import Job
from portal.models.repairs import Rating, Signature, Ticket
from portal.models.repairs.reported import Place, Report

TICKETS = 300
TOLD = timedelta(days=7)

Say = Callable[[str], object]


def ensure(say: Say) -> None:
    """Make the demonstration's data when there is none; all of it or nothing is committed."""
    if db.session.scalar(select(Development.id).limit(1)) is not None:
        db.session.rollback()
        return
    say("Making the demonstration: 300 homes, 300 repairs ...")
    play(load_scenes(), clock.now())
    db.session.commit()


def greeting(public_url: str) -> str:
    """What is printed when the demonstration is served: the address, and who can sign in."""
    people = load_scenes().people.cast.values()
    lines = [f"  {known.phone}  {known.name}  {ROLE_WORDS[known.role]}  {known.role}" for known in people]
    return "\n".join(["", f"安居 Anju: {public_url}", f"Demo accounts, password {PASSWORD}", *lines, ""])


def play(scenes: Scenes, now: datetime, count: int = TICKETS) -> Settled:
    """Settle the place and play ``count`` repairs up to ``now``, the hand-written ones among them."""
    settled = settle(scenes, now)
    told = written(scenes, now)
    told += generate(scenes, SEED, count - len(told), now)
    for scene in sorted(told, key=lambda each: each.at):
        _Player(settled, scene).play()
    db.session.flush()
    _tell_recent(now)
    return settled


def _tell_recent(now: datetime) -> None:
    """Notices of the last week stand in the bells; mails about the past are not sent."""
    db.session.execute(delete(Job).where(Job.kind == "notices.fan_out"))
    recent = select(Event.id).where(Event.at > now - TOLD, Event.about_noun == Ticket.event_noun).order_by(Event.at)
    for event_id in db.session.scalars(recent).all():
        fan_out(event_id)
    db.session.flush()
    db.session.execute(delete(Job).where(Job.kind == "notices.mail"))


@dataclass
class _Player:
    settled: Settled
    scene: TicketScene

    def play(self) -> None:
        """The report, then every step of the scene."""
        with clock.at(self.scene.at):
            ticket = self._report()
        for step in self.scene.steps:
            with clock.at(step.at):
                _VERBS[step.verb](self, ticket, step)

    def _report(self) -> Ticket:
        scene = self.scene
        place, defect = self._place(), Defect.current(scene.defect)
        reporter = self.settled.persons[scene.reporter]
        if scene.filed_by is None:
            by = self.actor(scene.reporter)
            report = Report(scene.words, scene.preferred, scene.call_first, draft=self._draft(scene.photos, by, place))
            return Ticket.report(place, defect, report, by)
        report = Report(scene.words, scene.preferred, scene.call_first, caller_name=scene.caller or reporter.name or "")
        by = self.actor(scene.filed_by)
        ticket = Ticket.file(place, defect, report, by, reporter.id)
        draft = self._draft(scene.photos, by, place)
        if draft is not None:
            event = db.session.scalars(select(Event).where(Event.about_id == ticket.id)).one()
            Attachment.attach(draft, ticket.id, event.id, ticket.subject, by)
        return ticket

    def _place(self) -> Place:
        scene, settled = self.scene, self.settled
        if scene.part is not None:
            tenure = next(row.tenure for (_, key), row in settled.parties.items() if key == scene.reporter)
            building = settled.buildings[scene.building] if scene.building else None
            return Place(settled.development, tenure, common_part=CommonPart(scene.part), building=building)
        return Place(settled.development, settled.tenures[scene.home or ""], space_code=scene.space)

    def actor(self, key: str) -> Actor:
        """The person of a key, in the role the scene needs."""
        if key in self.settled.grants:
            return self.settled.grants[key].actor()
        parties = self.settled.parties
        home = self.scene.home if (self.scene.home or "", key) in parties else None
        party = parties[home, key] if home else next(row for (_, known), row in parties.items() if known == key)
        return party.actor(None)

    def _draft(self, photos: tuple[str, ...], by: Actor, place: Place | None = None) -> UUID | None:
        if not photos:
            return None
        draft = new_id()
        tenure = place.tenure if place else self._place().tenure
        assert tenure is not None
        for named in photos:
            Attachment.add(_drawn(named), draft, tenure.subject, by)
        db.session.flush()
        return draft

    def acknowledge(self, ticket: Ticket, step: Step) -> None:
        """The desk takes it on, with a word to the owner where the scene has one."""
        ticket.acknowledge(by=self.actor(step.by))
        if step.words:
            ticket.say(step.words, by=self.actor(step.by))

    def book(self, ticket: Ticket, step: Step) -> None:
        """A technician and a window."""
        assert step.technician is not None
        assert step.visit is not None
        grant = self.settled.grants[step.technician]
        ticket.book(grant, step.visit.start, step.visit.end, by=self.actor(step.by))
        if step.words:
            ticket.say(step.words, by=self.actor(step.by))

    def start(self, ticket: Ticket, step: Step) -> None:
        """On site."""
        ticket.start(by=self.actor(step.by))

    def post_progress(self, ticket: Ticket, step: Step) -> None:
        """How far it is."""
        by = self.actor(step.by)
        ticket.post_progress(step.words, by=by, draft=self._draft(step.photos, by))

    def finish(self, ticket: Ticket, step: Step) -> None:
        """Done, as the technician says."""
        by = self.actor(step.by)
        ticket.finish(step.words, by=by, draft=self._draft(step.photos, by))

    def pass_check(self, ticket: Ticket, step: Step) -> None:
        """Good, as somebody else says."""
        ticket.pass_check(by=self.actor(step.by))

    def send_back(self, ticket: Ticket, step: Step) -> None:
        """Not good."""
        ticket.send_back(step.words, by=self.actor(step.by))

    def accept(self, ticket: Ticket, step: Step) -> None:
        """Signed with the person's name, and rated."""
        assert step.ratings is not None
        by, ratings = self.actor(step.by), step.ratings
        name = self.settled.persons[step.by].name or ""
        rating = Rating(ratings.quality, ratings.speed, ratings.manner)
        ticket.accept(Signature(name=name), rating, step.words, by)

    def reject(self, ticket: Ticket, step: Step) -> None:
        """Still wrong."""
        by = self.actor(step.by)
        ticket.reject(list(step.reasons), step.words, by, draft=self._draft(step.photos, by))

    def withdraw(self, ticket: Ticket, step: Step) -> None:
        """Taken back."""
        ticket.withdraw(step.reasons[0], by=self.actor(step.by))

    def message(self, ticket: Ticket, step: Step) -> None:
        """Said to the other side."""
        ticket.say(step.words, by=self.actor(step.by))

    def note(self, ticket: Ticket, step: Step) -> None:
        """Said among colleagues."""
        ticket.note(step.words, by=self.actor(step.by))


_VERBS: dict[str, Callable[[_Player, Ticket, Step], None]] = {
    "acknowledge": _Player.acknowledge,
    "book": _Player.book,
    "rebook": _Player.book,
    "start": _Player.start,
    "post_progress": _Player.post_progress,
    "finish": _Player.finish,
    "pass_check": _Player.pass_check,
    "send_back": _Player.send_back,
    "accept": _Player.accept,
    "reject": _Player.reject,
    "withdraw": _Player.withdraw,
    "message": _Player.message,
    "note": _Player.note,
}


@cache
def _drawn(named: str) -> Photo:
    kind, _, seed = named.partition(":")
    return read_photo(BytesIO(draw(kind, int(seed or 0))))
