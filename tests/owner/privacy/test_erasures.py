"""Asking to be forgotten, through the pages; the receipt without an account; the words for the erased on every page."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.cli.privacy import privacy
from portal.jobs.worker import Worker
from portal.models.base import db
from portal.models.events import Event
from portal.models.files import Attachment
from portal.models.notices import Notice, fan_out
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.ledger import ledger
from portal.models.privacy.shredding import subjects_of
from portal.models.repairs import Ticket
from portal.vault import ring
from tests.models.files.test_attachment import _photo
from tests.models.privacy.stories import asked, erased
from tests.people import CAST, PASSWORD
from tests.stage.cast import Cast

PAGE, STAFF = "/privacy/erasure", "/staff/privacy/erasures"


def test_from_the_asking_to_the_receipt(app: Flask, cast: Cast, sign_in, client, tmp_path):
    person, agent, auditor = sign_in("co_owner"), sign_in("service_agent"), sign_in("auditor")
    answer = person.submit(PAGE, PAGE, password=PASSWORD, reason="搬走了", understood="y", follow=True)
    assert "等查有无保留理由" in answer.text
    token = answer.text.split('value="http://127.0.0.1:8000/privacy/receipts/')[1].split('"')[0]
    early = client.get(f"/privacy/receipts/{token}").text
    assert "还没有删除完" in early
    assert "下载回执" not in early
    with cast.at_work():
        number = db.session.scalars(select(Erasure.number)).one()
    shown = agent.get(f"{STAFF}/{number}").text
    assert "搬走了" in shown
    assert "许*明" in shown
    assert CAST["co_owner"].name not in shown
    assert agent.submit(f"{STAFF}/{number}", "/clearance").status_code == 303
    assert auditor.submit(f"{STAFF}/{number}", "/approval").status_code == 303
    assert person.get("/account").status_code == 303  # every way in ended at once
    Worker(app).drain()
    page = client.get(f"/privacy/receipts/{token}").text
    assert "销毁了什么" in page
    file = client.submit(f"/privacy/receipts/{token}", token)
    assert file.headers["Content-Disposition"].endswith(f'filename="anju-receipt-{number}.txt"')
    assert "Receipt for the erasure" in file.text
    assert "个人信息删除回执" in file.text
    assert client.get(f"/privacy/receipts/{token}").status_code == 404  # once
    assert auditor.get(f"{STAFF}/{number}/receipt").data == file.data
    _verified(app, tmp_path / "receipt.txt", file.data, number)


def _verified(app: Flask, path, content: bytes, number: str) -> None:
    run = app.test_cli_runner()
    path.write_bytes(content)
    said = run.invoke(privacy, ["receipt", str(path)])
    assert f"Receipt {number}: signed by this installation." in said.output
    assert "approved: " in said.output
    assert "auditor" in said.output
    path.write_bytes(content.replace(b"\npersons 1\n", b"\npersons 2\n"))
    said = run.invoke(privacy, ["receipt", str(path)])
    assert (said.exit_code, said.output.count("\n")) == (1, 1)


def test_the_date_of_the_backups_is_the_roll_after_the_next(app: Flask, cast: Cast):
    with cast.at_work():
        erasure = erased(cast)
        days = (erasure.unreadable_from - erasure.ended_at).total_seconds() / 86400
        assert 30 <= days <= 60


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"password": "wrong", "understood": "y"}, "密码不对，请再试一次"),
        ({"password": PASSWORD}, "先看会删除什么、会留下什么，再打勾"),
        ({"password": PASSWORD, "understood": "y", "reason": "长" * 1001}, "最多 1000 字"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field(app: Flask, cast: Cast, sign_in, fields, words):
    answer = sign_in("co_owner").submit(PAGE, PAGE, **fields)
    assert answer.status_code == 422
    assert answer.text.count(words) == 2  # above the form, and beside the field
    assert PASSWORD not in answer.text
    with cast.at_work():
        assert db.session.scalars(select(Erasure)).all() == []


def test_a_request_can_be_taken_back_and_made_again(app: Flask, cast: Cast, sign_in):
    person = sign_in("co_owner")
    person.submit(PAGE, PAGE, password=PASSWORD, understood="y")
    assert person.submit(PAGE, "/withdrawal", follow=True).text.count("申请删除") == 1
    assert person.submit(PAGE, PAGE, password=PASSWORD, understood="y").status_code == 303


def test_reasons_to_keep_are_told_before_and_a_refusal_after(app: Flask, cast: Cast, sign_in):
    owner, agent = sign_in("owner"), sign_in("service_agent")
    assert "房屋还在保修期内" in owner.get(PAGE).text
    owner.submit(PAGE, PAGE, password=PASSWORD, understood="y")
    with cast.at_work():
        number = db.session.scalars(select(Erasure.number)).one()
    page = f"{STAFF}/{number}"
    held = agent.submit(page, "/clearance")
    assert held.status_code == 422
    assert "还有保留的理由，现在不能删除" in held.text
    assert "写明依据" in agent.submit(page, "/holds", kind="tax", basis="").text
    assert agent.submit(page, "/holds", kind="tax", basis="发票未满十年").status_code == 303
    assert "发票未满十年" in agent.get(page).text
    assert agent.submit(page, "/release").status_code == 303
    assert "发票未满十年" not in agent.get(page).text
    empty = agent.submit(page, "/refusal", reason="warranty", words="")
    assert (empty.status_code, empty.text.count("写明理由，申请人会看到")) == (422, 2)
    assert agent.submit(page, "/refusal", reason="warranty", words="保修到 2030 年").status_code == 303
    told = owner.get(PAGE).text
    assert "保修期内，要用来履行保修" in told
    assert "保修到 2030 年" in told
    assert "只存储和保护" in told


def test_a_step_on_an_old_page_shows_the_fresh_one(app: Flask, cast: Cast, sign_in):
    with cast.at_work():
        number = asked(cast, "requested").number
        db.session.commit()
    agent, manager = sign_in("service_agent"), sign_in("manager")
    page = agent.get(f"{STAFF}/{number}")
    assert manager.submit(f"{STAFF}/{number}", "/identity", method="in_person").status_code == 303
    late = agent.submit(page, "/refusal", reason="dispute", words="有投诉")
    assert late.status_code == 409
    assert "有投诉" in late.text


def test_the_desk_files_for_somebody(app: Flask, cast: Cast, sign_in):
    agent = sign_in("service_agent")
    nobody = agent.submit(f"{STAFF}/new", STAFF, phone="12999999999")
    assert (nobody.status_code, nobody.text.count("没有找到用这个号码登记的人")) == (422, 2)
    filed = agent.submit(f"{STAFF}/new", STAFF, phone=CAST["neighbour"].phone, follow=True)
    assert "等核对身份" in filed.text
    assert CAST["neighbour"].phone not in filed.text
    assert "张*生" in agent.get(STAFF).text


def test_who_is_told(app: Flask, cast: Cast):
    def told(kind: str) -> set[tuple[str, bool]]:
        people = {cast.person(key).id: key for key in CAST}
        event = db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.id.desc())).first()
        fan_out(event.id)
        found = db.session.scalars(select(Notice).where(Notice.event_id == event.id))
        return {(people[notice.person_id], notice.staff) for notice in found}

    with cast.at_work():
        asked(cast, "cleared")
        assert told("erasure.requested") == {("service_agent", True)}
        assert told("erasure.cleared") == {("co_owner", False), ("auditor", True)}
        db.session.rollback()
        asked(cast, "refused")
        assert told("erasure.refused") == {("co_owner", False)}
        db.session.rollback()
        asked(cast, "withdrawn")
        assert told("erasure.withdrawn") == {("service_agent", True)}


def test_a_notice_leads_to_the_request(app: Flask, cast: Cast, sign_in):
    with cast.at_work():
        number = asked(cast, "cleared").number
        db.session.commit()
    Worker(app).drain()
    assert f'href="{STAFF}/{number}"' in sign_in("auditor").get("/staff/notices").text
    assert f'href="{PAGE}"' in sign_in("co_owner").get("/notices").text


def _story(cast: Cast) -> tuple[str, str, str]:
    """A household's ticket with everything on it, and one of a common part, by people who will be erased."""
    draft, ticket = uuid4(), cast.ticket("in_work", by="co_owner")
    ticket.caller_name, ticket.caller_phone = CAST["co_owner"].name, CAST["co_owner"].phone
    Attachment.add(_photo(), draft, ticket.subject, cast.actor("technician"))
    ticket.finish("换了三通", by=cast.actor("technician"), draft=draft)
    ticket.say("谢谢", by=cast.actor("co_owner"))
    ticket.note("态度很好", by=cast.actor("dispatcher"))
    for verb in ("pass_check", "reject", "book_rework", "start", "finish", "pass_check"):
        cast.do(ticket, verb)
    cast.do(ticket, "accept", by="co_owner")
    photo = db.session.scalars(select(Attachment.id)).one()
    erasure = asked(cast, "cleared")
    db.session.commit()
    return ticket.number, erasure.number, str(photo)


@pytest.mark.parametrize("moment", ["keys", "everything"])
def test_no_page_fails_on_the_erased(app: Flask, cast: Cast, sign_in, moment: str):
    """Every page of both faces, in the moment when only the keys are gone, and when the ledger was replayed."""
    from portal.models.privacy.replaying import replay_erasures

    people = ("owner", "service_agent", "dispatcher", "manager", "auditor", "admin", "other_technician")
    browsers = {key: sign_in(key) for key in people}
    with cast.at_work():
        number, request, photo = _story(cast)
        gone = [
            *subjects_of(cast.person("co_owner").id),
            cast.tenure().subject,
            *subjects_of(cast.person("technician").id),
        ]
        home, account = cast.tenure().id, cast.account("technician").id
        db.session.commit()
        for browser in browsers.values():  # what is kept of these pages must not survive
            browser.get(f"/staff/repairs/{number}")
        browsers["owner"].get(f"/repairs/{number}")
        for subject in gone:
            ring().erase(subject)
        if moment == "everything":
            ledger().add(gone, uuid4(), clock.now())
            replay_erasures()
    values = {
        "number": number,
        "tenure_id": home,
        "photo_id": photo,
        "token": "none",
        "hold_id": uuid4(),
        "look_id": uuid4(),
        "draft": uuid4(),
        "account_id": account,
        "factor_id": uuid4(),
        "grant_id": uuid4(),
    }
    secrets = (
        CAST["co_owner"].name,
        "泽明",
        "许*明",
        CAST["technician"].name,
        "换了三通",
        "谢谢",
        "态度很好",
        "很好",
        "天花板滴水",
    )
    words = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "assets":
            continue
        face = "owner" if rule.endpoint.startswith("owner") else "staff"
        given = values | ({"number": request} if "privacy" in rule.endpoint else {})
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, {name: given[name] for name in rule.arguments})
        for key in ("owner",) if face == "owner" else people[1:]:
            answer = browsers[key].get(path)
            assert answer.status_code in (200, 302, 303, 403, 404, 410), f"{key} {path}: {answer.status_code}"
            assert not [secret for secret in secrets if secret in answer.text], f"{key} {path}"
            words += answer.text.count("已删除")
    assert words > 20


def test_the_erased_cannot_be_written_to(app: Flask, cast: Cast, sign_in):
    agent = sign_in("service_agent")
    with cast.at_work():
        ticket = cast.ticket("acknowledged")
        number, subject = ticket.number, ticket.subject
        db.session.commit()
        page = agent.get(f"/staff/repairs/{number}")
        ring().erase(subject)
    answer = agent.submit(page, "/messages", text="还在吗")
    assert (answer.status_code, "这里的内容已经删除" in answer.text) == (410, True)
    assert "/messages" not in agent.get(f"/staff/repairs/{number}").text
    with cast.at_work():
        assert db.session.scalars(select(Ticket.state).where(Ticket.number == number)).one() == "acknowledged"
