"""From a hand-written script to a scene: the times worked out, the story followed from state to state."""

from __future__ import annotations

from datetime import UTC, datetime

from portal.demo.moments import Moments, Window
from portal.demo.reading import SceneError
from portal.demo.tickets import Step, StepScript, TicketScene, TicketScript


def tell(script: TicketScript, now: datetime) -> TicketScene:
    """The scene as it looks at ``now`` (aware); raises SceneError that names the ticket and the step."""
    moments, reporter = Moments(now), _reporter(script)
    try:
        reported = moments.moment(script.at)
        preferred = tuple(moments.half_day(text, reported) for text in script.preferred)
    except SceneError as error:
        raise SceneError(f"ticket {script.key}: {error}") from None
    return TicketScene(
        key=script.key,
        home=script.home,
        space=script.space,
        part=script.part,
        building=script.building,
        defect=script.defect,
        reporter=reporter,
        filed_by=script.filed_by,
        caller=script.caller,
        at=reported.astimezone(UTC),
        words=script.words,
        photos=script.photos,
        preferred=preferred,
        call_first=script.call_first,
        state=script.state,
        steps=_steps(script, reporter, reported, moments),
    )


def _reporter(script: TicketScript) -> str:
    return f"owner:{script.home}" if script.reporter == "owner" else script.reporter


def _steps(script: TicketScript, reporter: str, reported: datetime, moments: Moments) -> tuple[Step, ...]:
    steps: list[Step] = []
    last, visit = reported, None
    for number, told in enumerate(script.steps, 1):
        try:
            last = moments.moment(told.at, last, visit)
            booked = moments.window(told.visit, last) if told.visit else None
        except SceneError as error:
            raise SceneError(f"ticket {script.key}, step {number}: {error}") from None
        visit = booked or visit
        steps.append(_step(told, told.by or reporter, last, booked, visit))
    return tuple(steps)


def _step(told: StepScript, by: str, at: datetime, booked: Window | None, visit: Window | None) -> Step:
    words = told.words.replace("{visit}", visit.words) if visit else told.words
    return Step(
        verb=told.verb,
        by=by,
        at=at.astimezone(UTC),
        words=words,
        photos=told.photos,
        technician=told.technician,
        visit=Window(booked.start.astimezone(UTC), booked.end.astimezone(UTC)) if booked else None,
        ratings=told.ratings,
        reasons=told.reasons,
    )
