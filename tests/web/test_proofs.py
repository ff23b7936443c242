"""What needs a proof within five minutes: asked for in time, and nothing typed is lost when it has run out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.models.accounts import P
from portal.models.base import db
from portal.models.privacy.erasure import Erasure
from portal.models.property.signed_in import FRESH
from portal.web.guard import requires
from tests.people import PASSWORD
from tests.stage.cast import Cast
from tests.web.test_signing_in import token_of

LATER = FRESH + timedelta(seconds=1)


@pytest.fixture
def number(app: Flask, cast: Cast) -> str:
    """A request for erasure that waits for the approval."""
    with cast.at_work():
        row = Erasure.ask(PASSWORD, "", cast.signed_in("co_owner"))
        row.clear(cast.actor("service_agent"), version=row.moves)
        db.session.commit()
        return row.number


def test_a_page_leads_to_the_proof_and_back_under_a_new_token(app: Flask, sign_in):
    auditor = sign_in("auditor")
    assert auditor.get("/staff/privacy/keys").status_code == 200
    with clock.at(clock.now() + LATER):
        asked = auditor.get("/staff/privacy/keys?a=1")
        assert asked.headers["Location"] == "/proof?next=/staff/privacy/keys%3Fa%3D1"
        before = token_of(auditor)
        done = auditor.submit(asked.headers["Location"], "/proof", text=PASSWORD)
        assert done.headers["Location"] == "/staff/privacy/keys?a=1"
        assert token_of(auditor) != before
        assert auditor.get("/staff/privacy/keys").status_code == 200
        auditor.set_cookie("anju", before)
        assert auditor.get("/account").status_code == 303


def test_five_minutes_and_not_longer(app: Flask, sign_in):
    auditor, now = sign_in("auditor"), clock.now()
    with clock.at(now):
        auditor.submit("/proof", "/proof", text=PASSWORD)
    for after, status in ((FRESH - timedelta(seconds=1), 200), (FRESH, 303)):
        with clock.at(now + after):
            assert auditor.get("/staff/privacy/keys").status_code == status


def test_a_piece_leads_the_whole_page_there(app: Flask, sign_in):
    app.add_url_rule("/piece", "piece", requires(P.ACCOUNT_OWN, fresh=True)(lambda: "piece"))
    owner = sign_in("owner")
    script = {"HX-Request": "true", "HX-Current-URL": "http://localhost/account?x=1"}
    with clock.at(clock.now() + LATER):
        answer = owner.get("/piece", headers=script)
        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"] == "/proof?next=/account%3Fx%3D1"
        for elsewhere in ("https://evil.example/x", "//evil.example", "nonsense", ""):
            answer = owner.get("/piece", headers=script | {"HX-Current-URL": elsewhere})
            assert answer.headers["HX-Redirect"] == "/proof"


def test_a_form_sent_too_late_comes_back_as_it_was_filled_in(app: Flask, cast: Cast, sign_in, number: str):
    auditor = sign_in("auditor")
    page = f"/staff/privacy/erasures/{number}"
    with clock.at(clock.now() + LATER):
        refused = auditor.submit(page, "/approval/refusal", reason="warranty", words="合同还没有办完，先留着")
        assert refused.status_code == 403
        assert "合同还没有办完，先留着" in refused.text
        assert 'href="/proof"' in refused.text
        assert "填的内容都在" in refused.text
        with cast.at_work():
            assert db.session.query(Erasure).one().is_open
        # The proof opens beside; the form on the first page is sent as it stands.
        waiting = auditor.form(refused, "/approval/refusal")
        auditor.submit("/proof", "/proof", text=PASSWORD)
        assert auditor.post(waiting.action, data=waiting.fields).status_code == 303
        with cast.at_work():
            assert not db.session.query(Erasure).one().is_open


def test_an_approval_waits_for_the_proof(app: Flask, cast: Cast, sign_in, number: str):
    auditor = sign_in("auditor")
    page = f"/staff/privacy/erasures/{number}"
    with clock.at(clock.now() + LATER):
        assert auditor.submit(page, "/approval").status_code == 403
        with cast.at_work():
            assert db.session.query(Erasure).one().state == "cleared"
        auditor.submit("/proof", "/proof", text=PASSWORD)
        assert auditor.submit(page, "/approval").status_code == 303


def test_a_change_without_a_page_of_its_own_says_so(app: Flask, sign_in):
    app.add_url_rule("/late", "late", requires(P.ACCOUNT_OWN, fresh=True)(lambda: "done"), methods=["POST"])
    owner = sign_in("owner")
    form = owner.form("/account", "/sessions/end").fields
    assert owner.post("/late", data=form).text == "done"
    with clock.at(clock.now() + LATER):
        answer = owner.post("/late", data=form)
        assert answer.status_code == 403
        assert "请先确认是您本人" in answer.text
        assert 'href="/proof"' in answer.text


def test_a_forged_form_is_refused_before_anything_of_it_is_shown(app: Flask, sign_in, number: str):
    auditor = sign_in("auditor")
    with clock.at(clock.now() + LATER):
        answer = auditor.post(f"/staff/privacy/erasures/{number}/approval/refusal", data={"words": "forged words"})
    assert answer.status_code == 400
    assert "forged words" not in answer.text


def test_a_wrong_proof_proves_nothing(app: Flask, sign_in):
    owner = sign_in("owner")
    before = token_of(owner)
    for values in ({"text": "wrong"}, {"text": ""}, {"way": "nonsense", "text": PASSWORD}):
        answer = owner.submit("/proof", "/proof", **values)
        assert answer.status_code == 422
        assert PASSWORD not in answer.text
    assert token_of(owner) == before


def test_an_account_without_any_way_is_told_how(app: Flask, cast: Cast, sign_in):
    owner = sign_in("service_agent")
    with cast.at_work():
        cast.account("service_agent").password_hash = None
        db.session.commit()
    assert "请退出后重新登录" in re.sub(r"\s", "", owner.get("/proof").text)
    assert owner.post("/proof", data=owner.form("/proof", "/sessions/end").fields).status_code == 422


def test_the_form_secret_stays_at_a_proof_and_goes_at_signing_in(app: Flask, client):
    def secret() -> object:
        with client.session_transaction() as kept:
            return kept.get("csrf_token")

    client.get("/")
    first = secret()
    client.sign_in("owner")
    client.get("/account")
    second = secret()
    assert first != second
    client.submit("/proof", "/proof", text=PASSWORD)
    assert secret() == second
