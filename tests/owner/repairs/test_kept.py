"""The page of a repair is kept between looks: it shows what it would show anyway, and nothing personal is kept."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from portal import clock
from portal.models.base import db
from portal.models.repairs import State, Ticket
from portal.vault import Erased, ring
from portal.web.kept import LONGEST, MOST, Keeping, Page, Pages, Personal
from tests.people import CAST
from tests.stage.cast import WORDS

# What is another at every look: tokens, idempotency keys, the signed address of the stream; and the query itself.
ANEW = re.compile(
    r'(?<=name="csrf_token" value=")[^"]+|(?<=name="csrf-token" content=")[^"]+|(?<=name="once" value=")[^"]+'
    r'|(?<=data-live=")[^"]+|\?plainly|\?(?=")'
)
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture
def pages(app) -> Pages:
    return app.extensions["portal.pages"]


def same(client, number: str) -> None:
    """A kept look and a plain one (an address with a query is never kept) show the same."""
    kept, plain = (client.get(f"/repairs/{number}{query}").text for query in ("", "?plainly"))
    assert ANEW.sub("", kept) == ANEW.sub("", plain)


def turns(cast, number: str) -> list[datetime]:
    """The moments at which words could change: minutes, midnight, and around each promise and the visit."""
    with cast.at_work():
        ticket = Ticket.reached_by(cast.actor("manager"), number)
        promised = [run.due_at for run in ticket.clocks]
        promised += [moment for moment in (ticket.window_start, ticket.window_end) if moment is not None]
    minute = timedelta(minutes=1)
    near = {moment + step * minute for moment in promised for step in (-20, -1, 0, 1)}
    midnight = MORNING.replace(hour=0) + timedelta(days=1)
    usual = {MORNING + step * minute for step in (0, 1, 2, 40)} | {midnight - minute, midnight}
    return sorted(moment for moment in near | usual if moment >= MORNING)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("state", State)
def test_it_shows_what_it_would_show_anyway_at_any_later_time(at, cast, sign_in, pages, state, language):
    with clock.at(MORNING):
        number = at(state)
    readers = [sign_in(key) for key in ("owner", "co_owner")]
    for reader in readers:
        reader.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    for moment in turns(cast, number):
        with clock.at(moment):
            for reader in readers:
                same(reader, number)
    assert len(pages) == len(readers)


def test_a_second_look_is_not_rendered_again(at, sign_in, pages, monkeypatch):
    owner, number = sign_in("owner"), at("in_work")
    first = owner.get(f"/repairs/{number}").text
    monkeypatch.setattr(Ticket, "reached_by", None)  # what rendering would begin with
    assert ANEW.sub("", owner.get(f"/repairs/{number}").text) == ANEW.sub("", first)
    assert len(pages) == 1


def test_nothing_personal_is_kept(at, do, sign_in, pages):
    owner, number = sign_in("owner"), at("accepted", words="鹧鸪嘴里衔着翡翠色的扳手")
    owner.submit(f"/repairs/{number}", "/messages", text="请周末来")
    shown = owner.get(f"/repairs/{number}").text
    kept = "".join(text for page in pages._held.values() for text in page._texts)
    personal = ["鹧鸪", "请周末来", "已补防水", "很好", "林晓雯", "周师傅"]
    assert [words for words in personal if words not in shown] == []
    assert [words for words in (*personal, *(known.name for known in CAST.values())) if words in kept] == []
    assert "师傅" in kept


def test_the_next_step_and_the_next_message_are_seen_at_once(at, do, sign_in):
    owner, other, number = sign_in("owner"), sign_in("co_owner"), at("acknowledged")
    assert "已约周" not in owner.get(f"/repairs/{number}").text
    do(number, "book")
    assert "已约周师傅上门" in owner.get(f"/repairs/{number}").text
    assert "带梯子" not in other.get(f"/repairs/{number}").text
    owner.submit(f"/repairs/{number}", "/messages", text="请带梯子")
    assert "请带梯子" in other.get(f"/repairs/{number}").text
    same(other, number)


def test_each_reader_has_their_own(at, sign_in):
    number = at("submitted")
    owner, other = (sign_in(key).get(f"/repairs/{number}").text for key in ("owner", "co_owner"))
    assert "您提交了报修" in owner
    assert "您提交了报修" not in other
    assert sign_in("neighbour").get(f"/repairs/{number}").status_code == 404
    assert sign_in("technician").get(f"/repairs/{number}").status_code == 403


def test_its_forms_can_be_sent_from_every_look(at, sign_in):
    owner, number = sign_in("owner"), at("acknowledged")
    looks = [owner.get(f"/repairs/{number}") for _ in range(3)]
    keys = {tuple(owner.form(look, "/messages").fields["once"]) for look in looks}
    assert len(keys) == 3
    for count, look in enumerate(looks):
        assert owner.submit(look, "/messages", text=f"第{count}条").status_code == 303
    assert all(f"第{count}条" in owner.get(f"/repairs/{number}").text for count in range(3))


def test_words_said_once_are_said_once(at, sign_in):
    owner, number = sign_in("owner"), at("acknowledged")
    owner.get(f"/repairs/{number}")
    with owner.session_transaction() as session:
        session["_flashes"] = [("message", "说一次")]
    assert "说一次" in owner.get(f"/repairs/{number}").text
    assert "说一次" not in owner.get(f"/repairs/{number}").text


def test_an_erased_household_is_gone_from_the_kept_page_too(app, at, cast, sign_in, pages):
    owner, number = sign_in("owner"), at("in_work")
    assert WORDS in owner.get(f"/repairs/{number}").text
    (page,) = pages._held.values()
    with cast.at_work():
        ring().erase(cast.tenure().subject)
    (report,) = {blank for blank in page._blanks if isinstance(blank, Personal) and blank.closed.name == "words"}
    with app.test_request_context(), pytest.raises(Erased):
        report.words({})


def test_a_new_notice_is_in_the_bell(app, at, cast, sign_in):
    from portal.models.events import Event
    from portal.models.notices.notice import Notice, fan_out

    owner, number = sign_in("owner"), at("acknowledged")
    assert 'class="tag solid"' not in owner.get(f"/repairs/{number}").text
    with cast.at_work():
        for event in db.session.scalars(db.select(Event).order_by(Event.at)):
            fan_out(event.id)
        db.session.commit()
        unread = Notice.unread(cast.person("owner").id, staff=False)
    assert unread
    assert f'data-tone="go">{unread}</span>' in owner.get(f"/repairs/{number}").text


def test_a_page_is_no_older_than_an_hour_nor_from_yesterday(app):
    with app.test_request_context():
        with clock.at(MORNING):
            assert Keeping().until == MORNING + LONGEST
        with clock.at(MORNING.replace(hour=23, minute=30)):
            assert Keeping().until == MORNING.replace(hour=0) + timedelta(days=1)


def test_the_least_recently_looked_at_leaves_first(app):
    held = Pages()
    with app.test_request_context(), clock.at(MORNING):
        for number in range(MOST):
            held.put(number, Page(str(number), Keeping()))
        assert held.get(0) is not None
        held.put(MOST, Page("", Keeping()))
        assert (held.get(0) is not None, held.get(1), len(held)) == (True, None, MOST)
    with clock.at(MORNING + LONGEST):
        assert held.get(0) is None
