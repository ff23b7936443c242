"""The repairs of the demonstration: complete, and believable at any moment."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from portal.clock import SHANGHAI
from portal.demo.checks import check_cover
from portal.demo.defects import response_limits
from portal.demo.scenes import SEED, generate, written
from portal.demo.story import CHECKERS, VERBS, Outcome, State
from tests.demo.stage import NOW, NOWS, SCENES, everything, rules, seeded, told

SEEDS = [1, 7, SEED]
STAFF = {person.key for person in SCENES.people.cast.values() if not person.homes}
OTHER_HOME = re.compile(r"\d-\d-\d{4}")
LATE = "对不起"
MAKE_UP_SUNDAYS = {"2025-01-26", "2025-04-27", "2025-09-28", "2026-01-04", "2026-09-20"}


def test_24_repairs_are_written_by_hand_and_show_everything():
    scenes = written(SCENES, NOW)
    assert len(scenes) == 24
    assert {scene.state for scene in scenes} == set(State)
    assert {scene.outcome for scene in scenes} == {None, *Outcome}
    assert {step.verb for scene in scenes for step in scene.steps} == VERBS.keys()
    assert {scene.channel for scene in scenes} == {"portal", "phone"}


@pytest.mark.parametrize("now", NOWS)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_repair_holds_at_any_moment(now, seed):
    judge, scenes = rules(now), everything(now, seed)
    assert len(scenes) == 300
    for scene in scenes:
        judge.check(scene, now)
    check_cover(scenes)


def test_the_hand_written_hold_every_few_hours_of_a_year():
    for hours in range(0, 365 * 24, 31):
        now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        judge = rules(now)
        for scene in written(SCENES, now):
            judge.check(scene, now)


@pytest.mark.parametrize("now", NOWS)
def test_times_are_aware_ordered_and_past(now):
    for scene in everything(now):
        moments = [scene.at, *(step.at for step in scene.steps)]
        assert all(moment.tzinfo is UTC for moment in moments)
        assert moments == sorted(set(moments))
        assert moments[-1] <= now


@pytest.mark.parametrize("now", NOWS)
def test_visits_are_by_day_and_never_on_a_sunday_unless_pressing(now):
    for scene in everything(now):
        for window in (step.visit for step in scene.steps if step.visit):
            start, end = window.start.astimezone(SHANGHAI), window.end.astimezone(SHANGHAI)
            assert 9 <= start.hour < 18
            assert start.date() == end.date()
            assert (end.hour, end.minute) <= (18, 0)
            made_up = start.weekday() == 6 and not SCENES.defects[scene.defect].pressing
            assert not made_up or start.date().isoformat() in MAKE_UP_SUNDAYS


def test_the_same_seed_tells_the_same():
    assert generate(SCENES, 5, 60, NOW) == generate(SCENES, 5, 60, NOW)
    assert generate(SCENES, 5, 60, NOW) != generate(SCENES, 6, 60, NOW)


@pytest.mark.parametrize("seed", SEEDS)
def test_most_are_accepted_and_some_are_under_way(seed):
    states = Counter(scene.state for scene in seeded(NOW, seed))
    assert states[State.ACCEPTED] > 0.75 * 276
    assert states[State.WITHDRAWN] >= 3
    assert sum(states.values()) - states[State.ACCEPTED] - states[State.WITHDRAWN] >= 12


@pytest.mark.parametrize("seed", SEEDS)
def test_they_are_spread_over_time_homes_and_trades(seed):
    scenes = seeded(NOW, seed)
    assert scenes == sorted(scenes, key=lambda scene: scene.at)
    assert NOW - scenes[0].at > timedelta(days=480)
    assert max(Counter(scene.at.strftime("%Y-%m") for scene in scenes).values()) < 100
    assert len({scene.home for scene in scenes}) > 120
    assert {scene.home[0] for scene in scenes if scene.home} == set("123456")
    assert len({SCENES.defects[scene.defect].trade for scene in scenes}) >= 12
    assert 5 <= sum(scene.part is not None for scene in scenes) <= 40


def test_nobody_reports_before_moving_in():
    homes = SCENES.development.moved_to(NOW).homes
    for scene in everything():
        if scene.home:
            assert scene.at.astimezone(SHANGHAI).date() >= homes[scene.home].handed_over_on


def test_the_answer_is_mostly_in_time_and_else_explained():
    limits, late, answered = response_limits(), [], 0
    for scene in everything():
        if not scene.steps or scene.steps[0].verb != "acknowledge":
            continue
        answered += 1
        limit = limits.get(SCENES.defects[scene.defect].priority, limits["any"])
        if scene.steps[0].at - scene.at > limit:
            late.append(scene)
    assert 3 <= len(late) < 0.13 * answered
    assert all(any(LATE in step.words for step in scene.steps[:2]) for scene in late if len(scene.steps) > 1)


def test_whoever_works_does_not_check():
    for scene in everything():
        workers = {step.technician for step in scene.steps if step.technician}
        checkers = {step.by for step in scene.steps if step.verb in ("pass_check", "send_back")}
        assert not workers & checkers
        assert {SCENES.people.cast[key].role for key in checkers} <= CHECKERS


def test_reports_speak_of_the_room_they_are_about():
    for scene in seeded():
        assert scene.space is None or SCENES.phrases.fits(scene.words, scene.space)


def staff_words(scenes):
    """What the staff says to owners."""
    return [
        step.words
        for scene in scenes
        for step in scene.steps
        if step.by in STAFF and step.verb not in ("note", "send_back")
    ]


def test_the_staff_speaks_as_the_house_does():
    for words in staff_words(everything()):
        assert not re.search(r"[!！]|请务必|亲，|尊敬的|点击此处|[一-鿿][,;?:]", words), words


def test_owners_read_no_neighbours_home_and_no_technicians_full_name():
    names = [person.name for person in SCENES.people.of_role("technician")]
    for words in staff_words(everything()):
        assert not OTHER_HOME.search(words)
        assert not any(name in words for name in names)


def test_the_hero_is_being_repaired_with_the_owners_other_matters():
    lin = [scene for scene in written(SCENES, NOW) if scene.home == "3-2-1202"]
    assert Counter(scene.state for scene in lin) == {
        State.IN_WORK: 1,
        State.AWAITING_OWNER: 1,
        State.JOB_BOOKED: 1,
        State.ACCEPTED: 3,
    }
    booked = next(step.visit for scene in lin if scene.state is State.JOB_BOOKED for step in scene.steps if step.visit)
    assert booked.start > NOW


def test_one_repair_went_round_twice():
    verbs = [step.verb for step in told("sink-thrice").steps]
    assert verbs.count("reject") == 2
    assert verbs.count("book") == 3
    assert verbs[-2] == "accept"


def test_a_co_owner_accepts_what_the_owner_reported():
    scene = told("lin-tiles")
    accepted = next(step for step in scene.steps if step.verb == "accept")
    assert (scene.reporter, accepted.by) == ("lin", "xu")


def test_the_emergency_was_answered_and_reached_in_time():
    scene = told("burst-pipe")
    first = {step.verb: step.at - scene.at for step in reversed(scene.steps)}
    assert SCENES.defects[scene.defect].priority == "emergency"
    assert first["acknowledge"] <= timedelta(minutes=5)
    assert first["start"] <= timedelta(minutes=30)
    assert first["finish"] <= timedelta(hours=24)
