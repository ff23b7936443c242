"""The main job, end to end, on both databases and without scripts."""

from __future__ import annotations

from portal.models.base import db
from portal.models.repairs import Ticket
from tests.journeys.story import WORDS, Story


def test_an_owner_reports_a_leak_and_watches_it_get_fixed(any_app, client, sign_in, cast):
    """Signing in for real, still wrong once, then signed and rated."""
    assert client.sign_in("owner").headers["Location"] == "/home"
    assert "1号楼" in client.get("/home").text
    story = Story(sign_in)
    story.report()
    assert "已提交" in story.owner_page()
    assert story.number in sign_in("service_agent").get("/staff/repairs?view=new").text

    story.staff("service_agent", "/acknowledgement")
    assert "已受理" in story.owner_page()
    story.book()
    assert "周师傅" in story.owner_page()
    assert "10:00–12:00" in story.owner_page()
    story.work()
    assert "闭水 24 小时" in story.owner_page()
    story.staff("dispatcher", "/check")
    assert "验收签字" in sign_in("owner").get("/home").text

    story.confirm("/rework", reasons=["not_fixed"], words="今天早上又滴了")
    assert story.number in sign_in("manager").get("/staff/repairs?view=dispatch").text
    story.book("manager")
    story.work()
    story.staff("manager", "/check")
    story.confirm("/confirmation", quality="5", speed="3", manner="5", comment="第二次修好了", signature_name="林晓雯")
    page = story.owner_page()
    assert "完成" in page
    assert "第二次修好了" in page
    with cast.at_work():
        ticket = db.session.query(Ticket).one()
        assert (ticket.state, ticket.outcome, ticket.round, ticket.words) == ("accepted", "fixed", 1, WORDS)


def test_the_desk_files_the_same_report_for_a_caller(any_app, sign_in, cast):
    agent = sign_in("service_agent")
    page = agent.submit(
        "/staff/repairs/new", "/staff/repairs", home="1-1-0101", place="space.kitchen", category="PLUMB"
    )
    page = agent.submit(page, "/staff/repairs", defect="PLUMB-02")
    assert "30 分钟" in page.text
    answer = agent.submit(
        page, "/staff/repairs", words="厨房角阀滴水", caller_name="林妈妈", caller_phone="12900000009"
    )
    assert answer.status_code == 303, answer.text
    number = answer.headers["Location"].rpartition("/")[2]
    page = agent.get(f"/staff/repairs/{number}")
    assert "林妈妈" not in page.text
    assert "电话" in page.text
    assert number in sign_in("owner").get("/repairs").text
    assert sign_in("neighbour").get(f"/repairs/{number}").status_code == 404
    with cast.at_work():
        ticket = db.session.query(Ticket).one()
        assert (ticket.channel, ticket.caller_name, ticket.caller_phone) == ("phone", "林妈妈", "12900000009")


def test_the_co_owner_may_sign_and_the_owner_may_withdraw(any_app, sign_in, cast):
    story = Story(sign_in)
    story.report("co_owner")
    answer = sign_in("owner").submit(f"/repairs/{story.number}", "/withdrawal", reason="solved")
    assert answer.status_code == 303
    assert "已撤销" in story.owner_page()
