"""The state table of a request for erasure: every verb in every state, by the right people and by nobody else."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.models.actor import Actor
from portal.models.base import db
from portal.models.errors import Denied, Refused, Repeated, Stale, WrongState
from portal.models.events import history
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.states import FLOW, METHOD_WORDS, REFUSAL_WORDS, STATE_WORDS, TONES, State
from tests.models.privacy.stories import USUAL, WAYS, asked, step
from tests.people import CAST, PASSWORD
from tests.stage.cast import Cast

VERBS = list(FLOW.steps)


def test_every_state_can_be_reached_and_is_said(app: Flask):
    assert set(WAYS) == set(STATE_WORDS) == set(TONES) == set(State)
    assert set(USUAL) == set(VERBS)


@pytest.mark.parametrize("state", list(State))
def test_every_verb_in_a_state(any_app: Flask, cast: Cast, state: State):
    with cast.at_work():
        for verb in VERBS:
            ended = db.session.scalars(select(Erasure).where(Erasure.state == State.SHREDDED)).one_or_none()
            erasure = ended or asked(cast, state)
            before = (erasure.state, erasure.moves)
            if state in FLOW[verb].sources:
                step(cast, erasure, verb)
                assert (erasure.state, erasure.moves) == (FLOW[verb].to, before[1] + 1)
            else:
                with pytest.raises(WrongState):
                    step(cast, erasure, verb)
                assert (erasure.state, erasure.moves) == before
            db.session.rollback()


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_only_for_those_who_hold_its_right(app: Flask, cast: Cast, verb: str):
    with cast.at_work():
        did = set()
        for key in CAST:
            erasure = asked(cast, State(FLOW[verb].sources[0]))
            actor = cast.signed_in(key) if verb == "withdraw" else cast.actor(key)
            if verb in erasure.verbs_for(actor):
                step(cast, erasure, verb, actor)
                did.add(key)
            else:
                with pytest.raises(Denied):
                    step(cast, erasure, verb, actor)
            db.session.rollback()
    handlers = {"service_agent", "manager", "stranger"}  # of another development: does not come to the row
    assert did == {"approve": {"auditor"}, "decline": {"auditor"}, "withdraw": {"co_owner"}}.get(verb, handlers)


def test_whoever_had_it_in_hand_does_not_approve(app: Flask, cast: Cast):
    """Neither who asked, nor who filed, confirmed or checked, whatever roles they hold."""
    with cast.at_work():
        erasure = asked(cast, State.CLEARED)
        right = cast.actor("auditor").permissions
        for key in ("co_owner", "service_agent", "manager"):
            erasure.confirmed_by_id = cast.person("manager").id
            db.session.flush()
            actor = Actor(person_id=cast.person(key).id, role="auditor", permissions=right)
            with pytest.raises(Denied):
                erasure.approve(by=actor)
        filed = Erasure.file(CAST["neighbour"].phone, "", cast.actor("service_agent"))
        assert filed.filed_by_id in filed.hands


def test_nobody_handles_their_own(app: Flask, cast: Cast):
    with cast.at_work():
        with pytest.raises(Denied):
            Erasure.file(CAST["service_agent"].phone, "", cast.actor("service_agent"))
        erasure = Erasure.ask(PASSWORD, "", cast.signed_in("service_agent"))
        for verb in ("refuse", "clear"):
            with pytest.raises(Denied):
                step(cast, erasure, verb, cast.actor("service_agent"))


def test_the_password_proves_who_asks(any_app: Flask, cast: Cast):
    with cast.at_work():
        with pytest.raises(Refused) as caught:
            Erasure.ask("wrong", "", cast.signed_in("co_owner"))
        assert caught.value.field == "password"
        erasure = Erasure.ask(PASSWORD, "搬走了", cast.signed_in("co_owner"))
        assert (erasure.state, erasure.method, erasure.reason) == (State.CONFIRMED, "password", "搬走了")
        assert [event.kind for event in history(erasure, staff=False)] == [
            "erasure.requested",
            "erasure.identity_confirmed",
        ]
        with pytest.raises(Refused, match="已经有一份申请"):
            Erasure.ask(PASSWORD, "", cast.signed_in("co_owner"))


def test_without_a_password_the_desk_checks(app: Flask, cast: Cast):
    with cast.at_work():
        cast.account("co_owner").password_hash = None
        db.session.flush()
        erasure = Erasure.ask("", "", cast.signed_in("co_owner"))
        assert (erasure.state, erasure.method) == (State.REQUESTED, None)


def test_a_form_sent_twice_is_one(app: Flask, cast: Cast):
    with cast.at_work():
        by = cast.signed_in("co_owner", once=True)
        Erasure.ask(PASSWORD, "", by)
        with pytest.raises(Repeated):
            Erasure.ask(PASSWORD, "", by)


def test_a_form_made_before_a_step_is_stale(app: Flask, cast: Cast):
    with cast.at_work():
        erasure = asked(cast, State.CONFIRMED)
        with pytest.raises(Stale):
            erasure.clear(by=cast.actor("service_agent"), version=0)


def test_the_desk_files_for_people_of_its_development_only(any_app: Flask, cast: Cast):
    with cast.at_work():
        erasure = Erasure.file(CAST["neighbour"].phone, "来电申请", cast.actor("service_agent"))
        assert (erasure.person.name, erasure.state) == (CAST["neighbour"].name, State.REQUESTED)
        looks = history(erasure.person, staff=True)
        assert [event.kind for event in looks] == ["person.revealed"]
        for phone, key in (("12999999999", "service_agent"), (CAST["owner"].phone, "stranger")):
            with pytest.raises(Refused, match="没有找到"):
                Erasure.file(phone, "", cast.actor(key))


def test_a_refusal_gives_the_reason_and_the_words_are_sealed(app: Flask, cast: Cast):
    with cast.at_work():
        for reason in REFUSAL_WORDS:
            erasure = asked(cast, State.CONFIRMED)
            event = erasure.refuse(reason, "发票要保存十年", by=cast.actor("service_agent"))
            db.session.flush()
            assert (erasure.state, erasure.refusal, erasure.refusal_words) == ("refused", reason, "发票要保存十年")
            assert "发票" not in bytes(event.json).decode()
            assert Erasure.ask(PASSWORD, "", cast.signed_in("co_owner")).is_open  # one may ask again
            db.session.rollback()
        erasure = asked(cast, State.CONFIRMED)
        for reason, words in (("mood", "不"), ("tax", "  "), ("tax", "长" * 1001)):
            with pytest.raises(Refused):
                erasure.refuse(reason, words, by=cast.actor("service_agent"))
        db.session.rollback()
        erasure = asked(cast, State.REQUESTED)
        with pytest.raises(Refused):
            erasure.confirm_identity("password", by=cast.actor("service_agent"))


def test_every_method_is_said(app: Flask):
    assert set(METHOD_WORDS) == {"password", "in_person", "call_back", "document"}
