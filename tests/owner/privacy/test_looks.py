"""My data: who looked, only my own lines, and evidence that stands without the portal."""

from __future__ import annotations

import base64
import hashlib
import os

from flask import Flask

from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.events import Event
from portal.models.privacy.checkpoints import verifier
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Report
from portal.vault import ring, signed_note
from portal.vault.chain import event_hash
from tests.models.privacy.chained import change, number_all, signed
from tests.stage.cast import Cast


def _look(cast: Cast, by: str = "manager", reason: str = "return_call", owner: str = "owner") -> str:
    """Somebody looks at the phone of an owner; the path of the line's proof."""
    with cast.at_work():
        ticket = cast.ticket("acknowledged", by=owner, code="1-1-0102" if owner == "neighbour" else "1-1-0101")
        ticket.reveal_phone(reason, cast.actor(by))
        db.session.commit()
        look = db.session.query(Event).filter_by(kind="person.revealed").order_by(Event.id.desc()).first()
        return f"/privacy/looks/{look.id}"


def test_the_page_says_who_when_why_and_which_repair(app: Flask, cast: Cast, sign_in):
    path = _look(cast, "manager")
    page = sign_in("owner").get("/privacy").text
    assert "客服经理顾某 看了您的电话" in page
    assert "原因：回访" in page
    assert "/repairs/BX" in page
    assert path in page
    assert "近 30 天 1 次" in page
    assert "顾立新" not in page
    english = sign_in("owner").get("/privacy", headers={"Accept-Language": "en"}).text
    assert "looked at your phone number" in english


def test_nobody_looked(app: Flask, cast: Cast, sign_in):
    _look(cast, owner="neighbour")
    assert "还没有人看过" in sign_in("owner").get("/privacy").text


def test_anothers_line_does_not_exist(app: Flask, cast: Cast, sign_in):
    path = _look(cast)
    with cast.at_work():
        number_all()
        other = db.session.query(Event).filter_by(kind="ticket.reported").first()
        foreign, before = f"/privacy/looks/{other.id}", f"/privacy?before={other.id}"
    for key in ("co_owner", "neighbour", "manager", "auditor"):
        for what in ("", "/statement.note", "/line.json"):
            assert sign_in(key).get(path + what).status_code == 404
    assert sign_in("owner").get(foreign).status_code == 404  # my ticket, but no look
    assert sign_in("owner").get(before).status_code == 404


def test_a_line_is_proved_and_the_evidence_stands_alone(any_app: Flask, cast: Cast, sign_in):
    path = _look(cast)
    owner = sign_in("owner")
    assert "正在编号" in owner.get(path).text
    assert owner.get(f"{path}/statement.note").status_code == 404
    with cast.at_work():
        number_all()
    assert "还没有签名" in owner.get(path).text
    _look(cast)
    with cast.at_work():
        number_all()
        signed()
        public, origin = verifier(), f"anju/{ring().installation.hex}/line"
        head = db.session.query(Event).filter_by(n=3).one().h
    page = owner.get(path).text
    assert "这一条没有被改过" in page
    assert "一直到第 6 条" in page
    statement, line = owner.get(f"{path}/statement.note"), owner.get(f"{path}/line.json").data
    assert "attachment" in statement.headers["Content-Disposition"]
    told = signed_note.read(statement.text, origin, public).split("\n")
    n, previous, own, digest = told[1], *(base64.b64decode(text) for text in told[2:5])
    assert (n, own, digest) == ("3", head, hashlib.sha256(line).digest())
    assert event_hash(previous, line) == own


def test_a_line_that_was_changed_says_so(app: Flask, cast: Cast, sign_in):
    path = _look(cast)
    with cast.at_work():
        number_all()
        signed()
        change(3, role="technician")
    owner = sign_in("owner")
    assert "和记录链对不上" in owner.get(path).text
    assert owner.get(f"{path}/statement.note").status_code == 404


def test_a_line_whose_way_to_the_signature_was_changed_says_so(app: Flask, cast: Cast, sign_in):
    path = _look(cast)
    _look(cast)
    with cast.at_work():
        number_all()
        signed()
        change(5, json=os.urandom(20))
    assert "和记录链对不上" in sign_in("owner").get(path).text


def test_many_looks_are_paged(app: Flask, cast: Cast, sign_in):
    with cast.at_work():
        ticket = cast.ticket("acknowledged")
        for _ in range(23):
            ticket.reveal_phone("return_call", cast.actor("manager"))
        db.session.commit()
    owner = sign_in("owner")
    first = owner.get("/privacy").text
    assert first.count("/privacy/looks/") == 20
    earlier = first.partition("/privacy?before=")[2][:36]
    second = owner.get(f"/privacy?before={earlier}").text
    assert second.count("/privacy/looks/") == 3
    assert "最新的记录" in second


def test_a_caller_who_is_nobodys_file_belongs_to_the_home(app: Flask, cast: Cast, sign_in):
    """The desk noted a telephone number for a home: a look at it is shown to that household, not to others."""
    with cast.at_work():
        report = Report("漏水", caller_name="林国强", caller_phone="12900000055")
        ticket = Ticket.file(cast.place(), Defect.current("LEAK-05"), report, cast.actor("service_agent"), None)
        db.session.flush()
        ticket.reveal_phone("return_call", cast.actor("manager"))
        db.session.commit()
    assert "看了您的电话" in sign_in("owner").get("/privacy").text
    assert "看了您的电话" not in sign_in("neighbour").get("/privacy").text
