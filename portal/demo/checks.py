"""What must hold of every repair, written by hand or made by seed: who, where, what, in which order, when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.clock import SHANGHAI
from portal.demo.defects import Defect
from portal.demo.development import PARTS, Development
from portal.demo.moments import CLOSES, OPENS
from portal.demo.people import People
from portal.demo.photos import KINDS
from portal.demo.reading import SceneError
from portal.demo.story import (
    HOUSEHOLD,
    REJECT_REASONS,
    VERBS,
    WITHDRAW_REASONS,
    Outcome,
    State,
    follow,
)
from portal.demo.tickets import Step, TicketScene
from portal.demo.variants import Phrases

SPOKEN = frozenset({"message", "note", "finish", "send_back", "reject", "post_progress"})
SILENT = frozenset({"acknowledge", "book", "start", "pass_check", "withdraw"})


@dataclass(frozen=True)
class Rules:
    """Judges scenes against the place, the people and the catalogue; raises SceneError with one line."""

    development: Development
    people: People
    phrases: Phrases
    defects: Mapping[str, Defect]

    def check(self, scene: TicketScene, now: datetime) -> None:
        """Everything about one scene as it was told for ``now``."""
        try:
            self._place(scene)
            self._photos(scene.photos)
            self._reporter(scene)
            self._times(scene, now)
            self._story(scene)
        except SceneError as error:
            raise SceneError(f"ticket {scene.key}: {error}") from None

    def check_phrases(self) -> None:
        """Every defect with words is in the catalogue, in rooms that exist, drawn, and somebody comes for it."""
        known = {space.code for kind in self.development.types.values() for space in kind.spaces}
        for variant in self.phrases.defects.values():
            if variant.code not in self.defects:
                raise SceneError(f"variants.toml: no defect {variant.code} in the catalogue")
            trade = self.defects[variant.code].trade
            if self.people.technician_for(trade) is None or trade not in self.phrases.trades:
                raise SceneError(f"variants.toml: nobody or no words for the trade {trade} of {variant.code}")
            if not set(variant.spaces) <= known or (variant.part or "lobby") not in PARTS:
                raise SceneError(f"variants.toml: {variant.code} is in a place that does not exist")
            for words in (words for cause in variant.causes for words in cause.words):
                if variant.part is None and not any(self.phrases.fits(words, space) for space in variant.spaces):
                    raise SceneError(f"variants.toml: {variant.code} never happens where this is said: {words}")
            if not {f"{variant.photo}-before", f"{variant.photo}-after"} <= KINDS:
                raise SceneError(f"variants.toml: no pictures of {variant.photo} for {variant.code}")

    def check_cast(self) -> None:
        """Every home of the cast exists and has one owner of the cast; a co-owner needs one."""
        owners = [code for person in self.people.of_role("owner") for code in person.homes]
        shared = [code for person in self.people.of_role("co_owner") for code in person.homes]
        for code in owners + shared:
            if code not in self.development.homes:
                raise SceneError(f"people.toml: no home {code}")
        if len(set(owners)) != len(owners) or len(set(shared)) != len(shared) or not set(shared) <= set(owners):
            raise SceneError("people.toml: a home of the cast has one owner and at most one co-owner")

    def role(self, key: str) -> str:
        """The role of a person's key; raises SceneError for a key that nobody has."""
        if key in self.people.cast:
            return self.people.cast[key].role
        role, _, home = key.partition(":")
        if role in HOUSEHOLD and home in self.development.homes and not self._in_cast(home):
            return role
        raise SceneError(f"nobody is called {key}")

    def _in_cast(self, home: str) -> bool:
        return any(home in person.homes for person in self.people.cast.values())

    def _homes(self, key: str) -> tuple[str, ...]:
        person = self.people.cast.get(key)
        return person.homes if person else (key.partition(":")[2],)

    def _place(self, scene: TicketScene) -> None:
        variant = self.phrases.defects.get(scene.defect)
        if scene.defect not in self.defects or variant is None:
            raise SceneError(f"the defect {scene.defect} is not in the catalogue or has no words in variants.toml")
        if scene.home is None:
            if scene.space or scene.part is None or scene.part != variant.part:
                raise SceneError(f"{scene.defect} does not belong to the common part {scene.part}")
            if (scene.part == "grounds") == self.development.has_building(scene.building or ""):
                raise SceneError(f"no building {scene.building} for the {scene.part}")
            return
        home = self.development.homes.get(scene.home)
        if home is None or scene.part or scene.building:
            raise SceneError(f"no home {scene.home}, or it names a common part as well")
        if not home.type.has(scene.space or "") or scene.space not in variant.spaces:
            raise SceneError(f"{scene.defect} does not happen in {scene.space} of a {home.type.code}")
        if scene.at.astimezone(SHANGHAI).date() < home.handed_over_on:
            raise SceneError(f"reported before {home.code} was handed over")

    def _photos(self, photos: Iterable[str]) -> None:
        for photo in photos:
            kind, _, seed = photo.partition(":")
            if kind not in KINDS or not seed.isdigit():
                raise SceneError(f"no photo {photo}")

    def _reporter(self, scene: TicketScene) -> None:
        if self.role(scene.reporter) not in HOUSEHOLD:
            raise SceneError(f"{scene.reporter} is not of a household")
        if scene.home is not None and scene.home not in self._homes(scene.reporter):
            raise SceneError(f"{scene.reporter} does not live in {scene.home}")
        if scene.filed_by is not None and self.role(scene.filed_by) not in ("service_agent", "manager"):
            raise SceneError(f"{scene.filed_by} does not write down calls")

    def _times(self, scene: TicketScene, now: datetime) -> None:
        last = scene.at
        for number, step in enumerate(scene.steps, 1):
            if step.at <= last:
                raise SceneError(f"step {number}, {step.verb}, is not after the one before")
            last = step.at
            if step.visit is not None:
                first, end = step.visit.start.astimezone(SHANGHAI), step.visit.end.astimezone(SHANGHAI)
                if not OPENS <= first.time() < end.time() <= CLOSES or first.date() != end.date():
                    raise SceneError(f"step {number}: a visit outside 9 to 18")
                if step.visit.end <= step.at or step.visit.end - step.visit.start > timedelta(hours=4):
                    raise SceneError(f"step {number}: a visit that is over when it is booked, or longer than 4 hours")
        if last > now:
            raise SceneError("something happens after now")

    def _story(self, scene: TicketScene) -> None:
        state, technician, workers = State.SUBMITTED, None, set[str]()
        for number, step in enumerate(scene.steps, 1):
            try:
                self._photos(step.photos)
                self._step(scene, step, technician, workers)
                state = follow(state, step.verb, self.role(step.by))
            except SceneError as error:
                raise SceneError(f"step {number}: {error}") from None
            if step.technician is not None:
                technician = step.technician
                workers.add(technician)
        if state is not scene.state:
            raise SceneError(f"it ends as {state}, not {scene.state}")

    def _step(self, scene: TicketScene, step: Step, technician: str | None, workers: set[str]) -> None:
        role = self.role(step.by)
        if role in HOUSEHOLD and step.by != scene.reporter and scene.home not in self._homes(step.by):
            raise SceneError(f"{step.by} has nothing to do with it")
        if step.verb in ("start", "post_progress", "finish") and step.by != technician:
            raise SceneError(f"{step.by} does the work of {technician}")
        if step.verb in ("pass_check", "send_back") and step.by in workers:
            raise SceneError(f"{step.by} checks their own work")
        sent = step.technician and self.role(step.technician) == "technician"
        if step.verb == "book" and (step.visit is None or not sent):
            raise SceneError("a booking needs a technician and a visit")
        if (step.verb == "accept") != (step.ratings is not None):
            raise SceneError("ratings belong to accept")
        known = {"reject": REJECT_REASONS, "withdraw": WITHDRAW_REASONS}.get(step.verb, frozenset())
        if bool(known) != bool(step.reasons) or not set(step.reasons) <= known:
            raise SceneError(f"{step.verb} with the reasons {', '.join(step.reasons) or 'none'}")
        if (step.verb in SPOKEN and not step.words) or (step.verb in SILENT and step.words) or "{" in step.words:
            raise SceneError(f"{step.verb} with the words {step.words or 'none'}")


def check_cover(scenes: Iterable[TicketScene]) -> None:
    """Raise SceneError unless the scenes together show every state, every outcome and every verb."""
    told = list(scenes)
    missing = set(State) - {scene.state for scene in told}
    verbs = VERBS.keys() - {step.verb for scene in told for step in scene.steps}
    if missing or verbs or set(Outcome) - {scene.outcome for scene in told}:
        raise SceneError(f"tickets.toml: nothing shows {', '.join(sorted([*missing, *verbs]))}")
