"""The table of rights on its page, and the role in use."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.models.accounts import GRANTS, Grant, P, Role
from portal.models.accounts.explained import HARD_RULES, THINGS
from portal.models.base import db
from tests.stage.cast import Cast


@pytest.mark.parametrize("key", ["auditor", "admin"])
def test_the_page_says_every_right_of_every_role(app: Flask, sign_in, key: str):
    page = sign_in(key).get("/staff/roles").text
    for thing in THINGS:
        assert thing.words in page
        assert all(words in page for words in thing.rights.values())
    assert all(rule in page for rule in HARD_RULES)
    # Once in the wide table and once role by role, for each right somebody holds.
    held = sum(len(rights) for rights in GRANTS.values())
    assert page.count('<span class="vh">可以</span>') == page.count("<dd>") == held
    assert page.count('<span class="vh">不能</span>') == len(Role) * len(P) - held


def test_the_page_is_complete_in_english(app: Flask, sign_in):
    page = sign_in("auditor").get("/staff/roles", headers={"Accept-Language": "en"}).text
    assert "Rules above every role" in page
    assert not [words for thing in THINGS for words in thing.rights.values() if words in page]


def test_who_has_one_role_is_offered_no_choice(app: Flask, sign_in):
    assert "/staff/roles/use" not in sign_in("auditor").get("/staff/notices").text


def test_the_chosen_role_is_the_one_that_acts(any_app: Flask, cast: Cast, sign_in, at):
    number = at("submitted")
    with cast.at_work():
        grant = Grant.give(cast.account("auditor"), Role.MANAGER, cast.grant("stranger").development_id)
        first, second = cast.grant("auditor").id, grant.id
        db.session.commit()
    client, elsewhere = sign_in("auditor"), sign_in("auditor")
    assert client.get(f"/staff/repairs/{number}").status_code == 200
    assert client.submit("/staff/notices", "/use", grant=str(second)).status_code == 303
    assert client.get(f"/staff/repairs/{number}").status_code == 404
    assert client.get("/staff/roles").status_code == 403
    assert client.get("/staff/repairs/new").status_code == 200
    assert elsewhere.get("/staff/roles").status_code == 200
    assert client.submit("/staff/notices", "/use", grant=str(first)).status_code == 303
    assert client.get("/staff/roles").status_code == 200


def test_a_role_that_is_over_is_neither_offered_nor_used(app: Flask, cast: Cast, sign_in):
    with cast.at_work():
        until = clock.now() + timedelta(minutes=5)
        grant = Grant.give(cast.account("auditor"), Role.MANAGER, cast.development().id, until=until)
        others, chosen = cast.grant("manager").id, grant.id
        db.session.commit()
    client = sign_in("auditor")
    form = client.form("/staff/notices", "/use")
    assert client.post(form.action, data=form.fields | {"grant": [str(chosen)]}).status_code == 303
    assert client.get("/staff/repairs/new").status_code == 200
    for foreign in (str(others), "nonsense", ""):
        assert client.post(form.action, data=form.fields | {"grant": [foreign]}).status_code == 404
    with clock.at(until):
        assert client.get("/staff/repairs/new").status_code == 403
        assert client.get("/staff/roles").status_code == 200
        assert client.post(form.action, data=form.fields | {"grant": [str(chosen)]}).status_code == 404


def test_who_may_only_note_is_not_asked_whether_the_owner_sees(app: Flask, cast: Cast, sign_in, at):
    number = at("submitted")
    client = sign_in("inspector")
    form = client.form(f"/staff/repairs/{number}", "/messages")
    assert "owner_sees" not in form.fields
    assert client.submit(f"/staff/repairs/{number}", "/messages", text="墙角有水印").status_code == 303
    assert "墙角有水印" in client.get(f"/staff/repairs/{number}").text
    assert "墙角有水印" not in sign_in("owner").get(f"/repairs/{number}").text
