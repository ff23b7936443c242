"""What cannot be is refused, in one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.demo.checks import check_cover
from portal.demo.reading import SceneError, Table
from portal.demo.scenes import written
from portal.demo.story import State
from tests.demo.stage import NOW, SCENES, rules, told


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
