"""The state table: every verb in every state, by the right people and by nobody else."""

from __future__ import annotations

import pytest

from portal.models.errors import Denied, WrongState
from portal.models.repairs import FLOW, Outcome, State
from tests.people import CAST
from tests.stage.cast import USUAL, WAYS, Cast

VERBS = list(FLOW.steps)


def test_every_state_can_be_reached_and_every_verb_has_somebody():
    assert set(WAYS) == set(State)
    assert set(USUAL) == set(VERBS)


@pytest.mark.parametrize("state", list(State))
def test_every_verb_in_a_state(any_app, cast: Cast, state: State):
    """What the table allows changes the state; everything else raises and changes nothing."""
    with cast.at_work():
        for verb in VERBS:
            ticket = cast.ticket(state.value)
            before = (ticket.state, ticket.moves, ticket.staff_version)
            step = FLOW[verb]
            name = {"rebook": "book", "book_rework": "book"}.get(verb, verb)
            sources = (
                {s for v in ("book", "rebook", "book_rework") for s in FLOW[v].sources}
                if name == "book"
                else step.sources
            )
            if state in sources:
                who = "manager" if name == "book" else USUAL[verb]
                cast.do(ticket, verb, by=who)
                expected = State.JOB_BOOKED if name == "book" else step.to
                assert ticket.state == expected
                assert ticket.moves == before[1] + 1
            else:
                with pytest.raises((WrongState, Denied)):
                    cast.do(ticket, verb)
                assert (ticket.state, ticket.moves, ticket.staff_version) == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_only_for_those_who_hold_its_right(app, cast: Cast, verb: str):
    """Everybody of the cast tries; whoever may is exactly whom the buttons offer it to."""
    step = FLOW[verb]
    with cast.at_work():
        for key in CAST:
            if key == "stranger":
                continue
            ticket = cast.ticket(step.sources[0])
            actor = cast.actor(key)
            offered = verb in ticket.verbs_for(actor)
            if offered:
                cast.do(ticket, verb, by=key)
                assert ticket.state == step.to
            else:
                with pytest.raises(Denied):
                    cast.do(ticket, verb, by=key)


def test_outcome_is_apart_from_state(app, cast: Cast):
    with cast.at_work():
        assert cast.ticket("accepted").outcome == Outcome.FIXED
        assert cast.ticket("withdrawn").outcome == Outcome.WITHDRAWN
        assert cast.ticket("awaiting_owner").outcome is None


def test_whoever_worked_does_not_check(app, cast: Cast):
    """A technician who was sent once stays out of the check, even under a grant that could."""
    with cast.at_work():
        ticket = cast.ticket("work_done")
        as_dispatcher = cast.grant("dispatcher").actor()
        both = type(as_dispatcher)(
            person_id=cast.person("technician").id,
            permissions=as_dispatcher.permissions,
            reach=as_dispatcher.reach,
            development_id=as_dispatcher.development_id,
            role="dispatcher",
        )
        assert "pass_check" not in ticket.verbs_for(both)
        with pytest.raises(Denied):
            ticket.pass_check(by=both)
