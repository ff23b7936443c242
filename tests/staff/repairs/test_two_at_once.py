"""Two of the staff act on the same ticket: the second is told, sees the fresh state, and overwrites nothing."""

from __future__ import annotations

from portal.models.base import db
from portal.models.repairs import Ticket
from tests.stage.cast import Cast


def test_the_second_gets_409_and_the_fresh_state(any_app, cast: Cast, sign_in):
    with cast.at_work():
        number = cast.ticket().number
        db.session.commit()
    page = f"/staff/repairs/{number}"
    agent, manager = sign_in("service_agent"), sign_in("manager")
    theirs = manager.form(page, "/acknowledgement")
    assert agent.submit(page, "/acknowledgement").status_code == 303
    answer = manager.post(theirs.action, data=theirs.fields)
    assert answer.status_code == 409
    assert "状态已经变了" in answer.text or "刚才有人更新过" in answer.text
    assert "已受理" in answer.text
    with cast.at_work():
        assert db.session.query(Ticket).one().moves == 1


def test_two_bookings_made_from_the_same_page(any_app, cast: Cast, sign_in):
    with cast.at_work():
        number = cast.ticket("acknowledged").number
        grant = str(cast.grant("technician").id)
        db.session.commit()
    page = f"/staff/repairs/{number}"
    one, two = sign_in("dispatcher"), sign_in("manager")
    late = two.form(page, "/assignment")
    assert (
        one.submit(page, "/assignment", technician=grant, start="20:00", end="21:00", day="2099-01-01").status_code
        == 422
    )
    answer = one.submit(page, "/assignment", technician=grant, start="20:00", end="21:30", day=_tomorrow())
    assert answer.status_code == 303, answer.text
    fields = late.fields | {"technician": [grant], "start": ["10:00"], "end": ["11:00"], "day": [_tomorrow()]}
    assert two.post(late.action, data=fields).status_code == 409
    with cast.at_work():
        assert len(db.session.query(Ticket).one().assignments) == 1


def _tomorrow() -> str:
    from datetime import timedelta

    from portal import clock

    return (clock.today() + timedelta(days=1)).isoformat()
