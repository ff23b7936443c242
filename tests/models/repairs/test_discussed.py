"""The conversation: messages for both sides, notes for the staff, and no step of the state."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from portal.models.base import db
from portal.models.errors import Denied, Refused
from portal.models.events import history
from portal.models.repairs import Ticket
from portal.models.talk import Message
from tests.people import CAST
from tests.stage.cast import Cast
from tests.stage.crowd import Meeting, at_once

SPEAKS = {
    "owner",
    "co_owner",
    "neighbour",
    "tenant",
    "service_agent",
    "dispatcher",
    "technician",
    "other_technician",
    "manager",
    "stranger",
}
SIDE = {"sales_adviser", "inspector", "complaint_officer", "return_visitor"}
NOTES = SPEAKS - {"owner", "co_owner", "neighbour", "tenant"} | SIDE


def test_both_sides_read_messages_and_only_the_staff_reads_notes(any_app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket()
        ticket.say(" 周六可以吗 ", by=cast.actor("owner"))
        ticket.note("业主脾气急", by=cast.actor("service_agent"))
        ticket.say("可以，上午", by=cast.actor("service_agent"))
        db.session.commit()
        db.session.expire_all()
        said = [(message.text, message.author_role) for message in Message.thread(ticket.id, staff=True)]
        assert said == [("周六可以吗", "owner"), ("业主脾气急", "service_agent"), ("可以，上午", "service_agent")]
        assert [message.text for message in Message.thread(ticket.id, staff=False)] == ["周六可以吗", "可以，上午"]
        assert "脾气" not in str(db.session.execute(text("select * from message")).all())
        assert {message.sealed_subject for message in Message.thread(ticket.id, staff=True)} == {ticket.subject}


BAD_WORDS = ["", "  ", "\n", "好" * 2001]


def test_a_message_has_between_one_and_two_thousand_characters(app, cast: Cast, subtests):
    for words in BAD_WORDS:
        with subtests.test(words=words), cast.at_work():
            ticket, by = cast.ticket(), cast.actor("dispatcher")
            before = (ticket.staff_version, len(history(ticket, staff=True)))
            for speak in (ticket.say, ticket.note):
                with pytest.raises(Refused) as refused:
                    speak(words, by=by)
                assert refused.value.field == "text"
            assert (ticket.staff_version, len(history(ticket, staff=True))) == before
            ticket.say("好" * 2000, by=by)


def test_who_may_speak_and_who_may_note(app, cast: Cast, subtests):
    for key in CAST:
        with subtests.test(key=key), cast.at_work():
            ticket, by = cast.ticket(), cast.actor(key)
            for speak, allowed in ((ticket.say, SPEAKS), (ticket.note, NOTES)):
                if key in allowed:
                    assert speak("一句话", by=by).role == by.role
                else:
                    with pytest.raises(Denied):
                        speak("一句话", by=by)


def test_speaking_moves_nothing_and_each_side_counts_what_it_sees(app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket()
        state, moves = ticket.state, ticket.moves
        owner, staff = ticket.owner_version, ticket.staff_version
        ticket.say("在吗", by=cast.actor("owner"))
        assert (ticket.owner_version, ticket.staff_version) == (owner + 1, staff + 1)
        ticket.note("已回电", by=cast.actor("service_agent"))
        assert (ticket.owner_version, ticket.staff_version) == (owner + 1, staff + 2)
        assert (ticket.state, ticket.moves) == (state, moves)


@pytest.mark.parametrize("state", ["accepted", "withdrawn"])
def test_one_may_still_speak_when_it_is_over(app, cast: Cast, state: str):
    with cast.at_work():
        ticket = cast.ticket(state)
        ticket.say("谢谢", by=cast.actor("owner"))
        assert ticket.state == state


def test_two_who_speak_at_once_are_both_heard(any_app: Flask, cast: Cast):
    """A message that comes in meanwhile must not cost anybody their words."""
    with cast.at_work():
        number = cast.ticket("in_work").number
        db.session.commit()
    meeting = Meeting(3)

    def act(key: str, verb: str, words: str) -> None:
        by = cast.actor(key)
        ticket = Ticket.reached_by(by, number)
        meeting.wait()
        getattr(ticket, verb)(words, by=by)
        db.session.commit()

    answers = at_once(
        any_app,
        lambda: act("owner", "say", "几点来"),
        lambda: act("dispatcher", "note", "备件到了"),
        lambda: act("technician", "post_progress", "正在补防水"),
    )
    assert answers == [None, None, None]
    with cast.at_work():
        ticket = Ticket.reached_by(cast.actor("dispatcher"), number)
        assert {message.text for message in Message.thread(ticket.id, staff=True)} == {"几点来", "备件到了"}
        assert ticket.staff_version == len(history(ticket, staff=True))
