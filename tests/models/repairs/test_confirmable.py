"""The owner's verdict: a signature that is one, scores that are scores, reasons that are known."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.models.base import db
from portal.models.errors import Denied, Refused, Stale
from portal.models.events import history
from portal.models.repairs import Confirmation, Rating, Signature, Ticket
from portal.models.repairs.confirmable import RAISED, REASON_WORDS
from tests.stage.cast import Cast

LINE = "M10 20L30 40L31.5 41"
GOOD_PATHS = ["M0 0L360 160", LINE, "M1 1L2 2M3 3L4 4", "M1 1" + "L2 2" * 3999]
BAD_PATHS = [
    "M1 1",
    "M1 1M2 2",
    "L1 1L2 2",
    "m1 1l2 2",
    "M1 1L2",
    "M1,1L2,2",
    "M-1 1L2 2",
    "M361 1L2 2",
    "M1 161L2 2",
    "M9999 9999L9998 9998",
    "M１ １L２ ２",
    "M1 1L2 2Z",
    "M1 1L2 2C1 1 2 2 3 3",
    "M1 1L2 2A1 1 0 0 0 2 2",
    'M1 1L2 2"/><script>alert(1)</script>',
    "M1 1L2 2' onload='x",
    "url(#a)",
    "M1 1L2 2\nL3 3",
    "M1 1L2 2\x00",
    "M1e3 1L2 2",
    "M1 1" + "L2 2" * 4000,
]
BAD_NAMES = ["", "  ", "\u3000", "\u200b\u200b", "—", "123", "林" * 41, "林\u0000雯", "林\n雯"]


@pytest.mark.parametrize("path", GOOD_PATHS, ids=lambda path: path[:20])
def test_a_drawn_line_is_a_signature(path: str):
    assert Signature(path=f" {path} ").checked() == Signature(path=path)


@pytest.mark.parametrize("path", BAD_PATHS, ids=lambda path: ascii(path[:30]))
def test_anything_but_a_line_on_the_field_is_none(path: str):
    """The path stands in pages and papers: absolute M and L with numbers of the field, and something to see."""
    for name in ("", "林晓雯"):
        with pytest.raises(Refused) as refused:
            Signature(name, path).checked()
        assert refused.value.field == "signature_name"


@pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
def test_a_typed_name_has_letters_and_is_short(name: str):
    with pytest.raises(Refused):
        Signature(name).checked()


@pytest.mark.parametrize("name", ["林晓雯", " 林晓雯 ", "J. O’Neill-Smith", "𠮷田", "林" * 40])
def test_a_typed_name_counts_like_a_drawn_one(name: str):
    assert Signature(name).checked() == Signature(name.strip())


@pytest.mark.parametrize("scores", [(0, 5, 5), (5, 6, 5), (5, 5, -1), (100, 1, 1)])
def test_scores_are_from_one_to_five(scores: tuple[int, int, int]):
    with pytest.raises(Refused):
        Rating(*scores)
    assert Rating(1, 5, 3).speed == 5


def test_a_signature_is_kept_sealed_with_the_round(any_app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket("awaiting_owner")
        ticket.accept(Signature("林晓雯", LINE), Rating(5, 4, 3), " 谢谢 ", cast.actor("co_owner"))
        db.session.commit()
        db.session.expire_all()
        (row,) = ticket.confirmations
        assert (row.accepted, row.round, row.role) == (True, 0, "co_owner")
        assert (row.quality, row.speed, row.manner) == (5, 4, 3)
        assert (row.comment, row.signature_name, row.signature_path) == ("谢谢", "林晓雯", LINE)
        assert row.person_id == cast.person("co_owner").id
        assert row.sealed_subject == ticket.subject
        assert history(ticket, staff=True)[-1].fields == {
            "confirmation": row.id.hex, "quality": 5, "speed": 4, "manner": 3
        }  # fmt: skip


def test_a_rejection_keeps_its_reasons_and_begins_a_round(any_app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket("awaiting_owner")
        event = ticket.reject(["untidy", "not_fixed", "not_fixed", "bribe"], "还在滴", cast.actor("owner"))
        db.session.commit()
        db.session.expire_all()
        (row,) = ticket.confirmations
        assert (row.reasons, row.round, ticket.round) == (["not_fixed", "untidy"], 0, 1)
        assert event.fields == {"confirmation": row.id.hex, "reasons": "not_fixed,untidy", "photos": 0}
        for verb in ("book_rework", "start", "finish", "pass_check", "accept"):
            cast.do(ticket, verb)
        assert [row.round for row in ticket.confirmations] == [0, 1]


BAD_REASONS = [
    ([], "还在滴", "reasons"),
    (["bribe"], "还在滴", "reasons"),
    (["other"], "", "words"),
    (["other"], " \n", "words"),
    (["other"], "滴" * 2001, "words"),
]


def test_a_rejection_needs_a_reason_and_words(app, cast: Cast, subtests):
    for reasons, words, field in BAD_REASONS:
        with subtests.test(reasons=reasons, words=words, field=field), cast.at_work():
            ticket = cast.ticket("awaiting_owner")
            before = (ticket.priority, ticket.round, ticket.moves)
            with pytest.raises(Refused) as refused:
                ticket.reject(reasons, words, cast.actor("owner"))
            assert refused.value.field == field
            assert (ticket.priority, ticket.round, ticket.moves) == before
            assert db.session.scalars(select(Confirmation)).all() == []


def test_a_comment_is_not_endless(app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket("awaiting_owner")
        with pytest.raises(Refused) as refused:
            ticket.accept(Signature("林晓雯"), Rating(5, 5, 5), "好" * 2001, cast.actor("owner"))
        assert refused.value.field == "comment"


def test_a_verdict_on_an_older_state_changes_nothing(app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket("awaiting_owner")
        before = (ticket.state, ticket.priority, ticket.round)
        for give in (_accept, _reject):
            with pytest.raises(Stale):
                give(ticket, cast, ticket.moves - 1)
        db.session.flush()
        assert (ticket.state, ticket.priority, ticket.round) == before
        assert db.session.scalars(select(Confirmation)).all() == []


OTHERS = ["neighbour", "dispatcher", "manager", "technician"]


def test_only_the_household_gives_it(app, cast: Cast, subtests):
    """The neighbour has the right in general; what keeps them out is that they do not reach the ticket."""
    for key in OTHERS:
        with subtests.test(key=key), cast.at_work():
            ticket, by = cast.ticket("awaiting_owner"), cast.actor(key)
            if key == "neighbour":
                assert not db.session.scalars(select(Ticket).where(Ticket.id == ticket.id, _reached(by))).all()
            else:
                with pytest.raises(Denied):
                    ticket.reject(["other"], "还在滴", by)


def test_urgency_rises_by_one_step_and_never_to_an_emergency():
    assert RAISED == {"parts": "normal", "complex": "normal", "normal": "urgent"}
    assert "emergency" not in RAISED.values()
    assert len(REASON_WORDS) == 5


def _accept(ticket: Ticket, cast: Cast, version: int) -> None:
    ticket.accept(Signature("林晓雯"), Rating(5, 5, 5), "", cast.actor("owner"), version=version)


def _reject(ticket: Ticket, cast: Cast, version: int) -> None:
    ticket.reject(["other"], "还在滴", cast.actor("owner"), version=version)


def _reached(by: object) -> object:
    from portal.models.repairs.reach import reached

    return reached(Ticket, by)
