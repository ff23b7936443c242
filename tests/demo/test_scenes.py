"""The demonstration's data: complete, believable at any moment, and nobody's."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import phonenumbers
import pytest

from portal.clock import SHANGHAI
from portal.demo.checks import check_cover
from portal.demo.defects import response_limits
from portal.demo.people import PHONES
from portal.demo.reading import SceneError, Table
from portal.demo.scenes import SEED, generate, written
from portal.demo.story import CHECKERS, VERBS, Outcome, State
from tests.demo.stage import NOW, SCENES, everything, rules, seeded, told

SPRITE = Path(__file__).parents[2] / "portal/static/icons.svg"
NOWS = [
    NOW,
    datetime(2026, 11, 22, 18, 5, tzinfo=UTC),  # a Monday, two in the morning in Shanghai
    datetime(2026, 10, 4, 4, 0, tzinfo=UTC),  # inside the long holiday
    datetime(2026, 2, 20, 1, 10, tzinfo=UTC),  # inside the Spring Festival
    datetime(2027, 6, 30, 9, 59, tzinfo=UTC),
    datetime(2031, 3, 3, 3, 3, tzinfo=UTC),  # years after it was written
]
SEEDS = [1, 7, SEED]
STAFF = {person.key for person in SCENES.people.cast.values() if not person.homes}
OTHER_HOME = re.compile(r"\d-\d-\d{4}")
LATE = "对不起"
MAKE_UP_SUNDAYS = {"2025-01-26", "2025-04-27", "2025-09-28", "2026-01-04", "2026-09-20"}


@cache
def households():
    return SCENES.households(SEED)


def persons():
    return list({person.key: person for each in households() for person in each.members}.values())


def test_there_are_exactly_300_homes_in_six_buildings():
    homes = SCENES.development.homes
    assert len(homes) == 300
    assert Counter(home.building for home in homes.values()) == {"1": 44, "2": 44, "3": 72, "4": 68, "5": 36, "6": 36}
    assert homes["3-2-1202"].type.area == Decimal("118.60")


def test_the_main_types_are_of_80_and_110_square_metres():
    areas = Counter(round(home.type.area, -1) for home in SCENES.development.homes.values())
    assert areas == {Decimal(80): 114, Decimal(110): 96, Decimal(120): 90}


def test_every_plan_is_drawn():
    sprite = SPRITE.read_text("utf-8")
    assert all(f'id="{kind.plan}"' in sprite for kind in SCENES.development.types.values())
    assert all(len(kind.spaces) >= 8 for kind in SCENES.development.types.values())


@pytest.mark.parametrize("now", NOWS)
def test_warranties_are_mixed_at_any_moment(now):
    homes, day = SCENES.development.moved_to(now).homes, now.astimezone(SHANGHAI).date()
    codes = ("LEAK-05", "WALL-03", "PLUMB-07")  # five years, two years, two months
    lapsed = {
        home.building: tuple(SCENES.defects[code].lapsed(home.handed_over_on, day) for code in codes)
        for home in homes.values()
    }
    assert lapsed["6"] == (False, False, False)
    assert lapsed["3"] == lapsed["5"] == (False, False, True)
    assert lapsed["2"] == lapsed["4"] == (False, True, True)
    assert lapsed["1"] == (True, True, True)


def test_dates_move_by_whole_weeks():
    moved = SCENES.development.moved_to(NOW + timedelta(days=20))
    for before, after in zip(SCENES.development.buildings, moved.buildings, strict=True):
        assert after.handed_over_on - before.handed_over_on == timedelta(days=14)
    assert SCENES.development.moved_to(NOW).buildings == SCENES.development.buildings


def test_every_home_has_one_household():
    found = households()
    assert [each.home for each in found] == list(SCENES.development.homes)
    assert 80 < sum(each.co_owner is not None for each in found) < 130
    owners = {each.home: each.owner.key for each in found}
    assert [home for home, key in owners.items() if key == "lin"] == ["1-1-0501", "3-2-1202"]
    assert len(set(owners.values())) == 299


def test_names_phones_and_mails_belong_to_one_person_each():
    everybody = persons() + [each for each in SCENES.people.cast.values() if not each.homes]
    assert len(everybody) > 380
    for what in ("key", "name", "phone", "email"):
        assert len({getattr(person, what) for person in everybody}) == len(everybody)


def test_a_seed_gives_other_names_but_the_same_keys_and_phones():
    here, there = SCENES.households(1), SCENES.households(2)
    assert [each.owner.phone for each in here] == [each.owner.phone for each in there]
    assert [each.owner.name for each in here] != [each.owner.name for each in there]
    assert SCENES.households(1) == here


def test_no_phone_can_be_anybodys():
    """Eleven digits that sign-in accepts; no mobile number (13 to 19), no emergency or service number."""
    for person in persons() + list(SCENES.people.cast.values()):
        number = phonenumbers.parse(person.phone, "CN")
        assert int(person.phone) in PHONES
        assert phonenumbers.is_possible_number(number)
        assert not phonenumbers.is_valid_number(number)
        assert not re.fullmatch(r"1[3-9]\d{9}", person.phone)
        assert not person.phone.startswith(("110", "112", "119", "120", "121", "122", "123", "125"))


def test_no_mail_can_arrive():
    assert all(person.email.endswith(".invalid") for person in persons() + list(SCENES.people.cast.values()))


def test_the_cast_is_complete():
    roles = Counter(person.role for person in SCENES.people.cast.values())
    assert roles == {
        "owner": 2,
        "co_owner": 1,
        "service_agent": 1,
        "dispatcher": 1,
        "technician": 5,
        "manager": 1,
        "auditor": 1,
        "admin": 1,
    }
    badges = [person.badge for person in SCENES.people.of_role("technician")]
    assert len(set(badges)) == len(badges)


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


def step_of(scene, verb, /, **changes):
    """The scene with the first step of a verb changed."""
    number = next(n for n, step in enumerate(scene.steps) if step.verb == verb)
    steps = list(scene.steps)
    steps[number] = replace(steps[number], **changes)
    return replace(scene, steps=tuple(steps))


LOCK = told("lin-lock")
THRICE = told("sink-thrice")


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (replace(LOCK, defect="DOOR-99"), "not in the catalogue"),
        (replace(LOCK, defect="CAB-04"), "does not happen in bedroom"),
        (replace(LOCK, home="9-9-0101"), "no home 9-9-0101"),
        (replace(LOCK, space="attic"), "does not happen in attic"),
        (replace(LOCK, reporter="zhang"), "does not live in 3-2-1202"),
        (replace(LOCK, reporter="owner:9-1-0101"), "nobody is called"),
        (replace(LOCK, reporter="owner:3-2-1202"), "nobody is called"),
        (replace(LOCK, filed_by="zhou"), "does not write down calls"),
        (replace(LOCK, photos=("sunset:1",)), "no photo sunset:1"),
        (replace(LOCK, at=NOW), "is not after the one before"),
        (replace(LOCK, state=State.ACCEPTED), "it ends as awaiting_owner"),
        (replace(LOCK, steps=LOCK.steps[1:]), "does not start from submitted"),
        (replace(LOCK, steps=LOCK.steps[:-2] + LOCK.steps[-1:]), "pass_check does not start from in_work"),
        (step_of(LOCK, "acknowledge", by="ma"), "is not for a technician"),
        (step_of(LOCK, "acknowledge", verb="vanish"), "no verb vanish"),
        (step_of(LOCK, "finish", by="zhou"), "does the work of ma"),
        (step_of(LOCK, "finish", words=""), "finish with the words none"),
        (step_of(LOCK, "pass_check", by="ma"), "checks their own work"),
        (step_of(LOCK, "book", technician=None), "needs a technician and a visit"),
        (step_of(LOCK, "book", technician="shen"), "needs a technician and a visit"),
        (step_of(LOCK, "message", words="{visit}"), "message with the words"),
        (step_of(THRICE, "accept", ratings=None), "ratings belong to accept"),
        (step_of(THRICE, "accept", by="zhang"), "has nothing to do with it"),
        (step_of(THRICE, "reject", reasons=("ugly",)), "reject with the reasons ugly"),
        (replace(told("lift-stopped"), building="12"), "no building 12"),
        (replace(told("lift-stopped"), part="lobby"), "does not belong to the common part lobby"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(scene, words):
    with pytest.raises(SceneError) as refused:
        rules(NOW).check(scene, NOW)
    assert words in str(refused.value)
    assert str(refused.value).startswith(f"ticket {scene.key}: ")
    assert "\n" not in str(refused.value)


def test_only_the_manager_books_after_a_rejection():
    again = [n for n, step in enumerate(THRICE.steps) if step.verb == "book"][1]
    steps = [*THRICE.steps[:again], replace(THRICE.steps[again], by="fang"), *THRICE.steps[again + 1 :]]
    with pytest.raises(SceneError, match="book from rework is not for a dispatcher"):
        rules(NOW).check(replace(THRICE, steps=tuple(steps)), NOW)


def test_a_future_step_is_refused():
    with pytest.raises(SceneError, match="something happens after now"):
        rules(NOW).check(LOCK, NOW - timedelta(days=2))


def test_what_nothing_shows_is_told():
    shown = [scene for scene in written(SCENES, NOW) if scene.state is not State.REWORK]
    with pytest.raises(SceneError, match=r"nothing shows rework$"):
        check_cover(shown)


def read_name(table: Table) -> None:
    table.text("name")
    table.done()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "name is missing"),
        ({"name": 3}, "name is not a str"),
        ({"name": " "}, "name is empty"),
        ({"name": "x", "nmae": "y"}, "unknown key nmae"),
    ],
)
def test_a_misspelt_table_is_told(values, words):
    table = Table(values, "people.toml: person 1")
    with pytest.raises(SceneError, match=f"^people.toml: person 1: {words}$"):
        read_name(table)
