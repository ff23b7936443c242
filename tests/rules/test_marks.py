"""Every endpoint says who may use it; what it says is read from the URL map, not from the source text."""

from __future__ import annotations

from flask import Flask

from portal.models.accounts import P
from portal.web.guard import mark_of, requires

PUBLIC = {
    "assets",
    "owner.accounts.sign_in",
    "owner.accounts.create_session",
    "owner.accounts.create_passkey_session",
    "owner.accounts.create_challenge",
    "owner.accounts.create_code",
    "owner.accounts.create_session_by_code",
    "owner.accounts.ask_join",
    "owner.accounts.join",
    "owner.accounts.outbox",
    "owner.accounts.show_link",
    "owner.accounts.use_link",
    "owner.accounts.language",
    "owner.privacy.notice.show",
    "owner.privacy.receipts.show",
    "owner.privacy.receipts.take",
}


def test_every_endpoint_is_marked(app: Flask):
    unmarked = {rule.endpoint for rule in app.url_map.iter_rules() if mark_of(app, rule.endpoint) is None}
    assert unmarked == set()


def test_the_public_ones_are_a_short_list(app: Flask):
    marks = {rule.endpoint: mark_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert {endpoint for endpoint, mark in marks.items() if mark is not None and mark.public} == PUBLIC


def test_an_unmarked_view_is_refused(app: Flask, client):
    app.add_url_rule("/forgotten", "forgotten", lambda: "open to everybody")
    assert client.get("/forgotten").status_code == 403


def test_the_mark_does_not_depend_on_the_order_of_decorators(app: Flask, client):
    """Above the route or below it, the mark reaches the endpoint."""
    view = requires(P.TICKET_LIST)(lambda: "for the staff")
    app.add_url_rule("/marked", "marked", view)
    answer = client.get("/marked")
    assert answer.status_code == 303


def test_nothing_changes_by_get(app: Flask):
    """A verb of the story is a POST or DELETE resource; GET and HEAD read."""
    for rule in app.url_map.iter_rules():
        changing = rule.methods & {"POST", "PUT", "PATCH", "DELETE"}
        assert not (changing and "GET" in rule.methods), rule
