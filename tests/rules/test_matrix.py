"""Every endpoint × everybody × page and fragment is as the matrix says; a cell nobody decided fails."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from portal.models.base import db
from portal.models.customers.look import REVEALED
from portal.models.events import Event
from portal.models.files import Attachment
from portal.models.files.photo import read_photo
from portal.models.privacy import chain, checkpoints
from portal.models.privacy.erasure import Erasure
from tests.people import PASSWORD
from tests.rules.matrix import PEOPLE, matrix
from tests.stage.cast import Cast
from tests.stage.client import PageClient

# Where an empty form would lead to the sign-in page like somebody who is not let in.
DATA = {"owner.accounts.language": {"next": "/account"}}


def test_every_endpoint_has_its_row(app: Flask):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(matrix())


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_what_the_matrix_says(app: Flask, cast: Cast, person: str, fragment: bool):
    app.config["WTF_CSRF_ENABLED"] = False  # whether a form is genuine is another question, with tests of its own
    values = _values(cast)
    headers = {"HX-Request": "true"} if fragment else {}
    wrong = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        expected = matrix()[rule.endpoint][person]
        client = PageClient.of(app, None if person == "nobody" else person)
        path = _path(app, rule, values)
        method = next(iter(rule.methods - {"HEAD", "OPTIONS"}))
        got = _cell(client.open(path, method=method, headers=headers, data=DATA.get(rule.endpoint)))
        if got != expected:
            wrong.append(f"{method} {path}: {got} instead of {expected}")
    assert not wrong, "\n".join(wrong)


def _values(cast: Cast) -> dict[str, object]:
    with cast.at_work():
        ticket = cast.ticket("in_work")
        actor = cast.actor("technician")
        picture = BytesIO()
        Image.new("RGB", (40, 30), "white").save(picture, "JPEG")
        picture.seek(0)
        draft = uuid4()
        Attachment.add(read_photo(picture), draft, ticket.subject, actor)
        db.session.flush()
        ticket.post_progress("", by=actor, draft=draft)
        db.session.flush()
        photo = db.session.query(Attachment).one()
        erasure = Erasure.ask(PASSWORD, "", cast.signed_in("neighbour"))
        ticket.reveal_phone("return_call", cast.actor("manager"))
        db.session.flush()
        look = db.session.scalars(select(Event).where(Event.kind == REVEALED)).one()
        chain.number_events()
        checkpoints.sign(*chain.head())
        db.session.commit()
        return {
            "look_id": look.id,
            "number": ticket.number,
            "erasure": erasure.number,
            "hold_id": uuid4(),
            "tenure_id": cast.tenure().id,
            "party_id": uuid4(),
            "invite_id": uuid4(),
            "draft": uuid4(),
            "photo_id": photo.id,
            "token": "no-such-token",
        }


def _path(app: Flask, rule, values: dict[str, object]) -> str:
    named = values | ({"number": values["erasure"]} if "privacy.erasures" in rule.endpoint else {})
    wanted = {name: named[name] for name in rule.arguments if name in named}
    with app.test_request_context():
        if rule.endpoint == "assets":
            return str(app.extensions["portal.assets"].url("anju.css"))
        path = app.url_map.bind("localhost").build(rule.endpoint, wanted, method=next(iter(rule.methods)))
    return str(path)


def _cell(answer) -> str:
    if answer.status_code == 401 or (answer.status_code == 303 and "next=" in answer.headers.get("Location", "")):
        return "s"
    if answer.status_code == 303 and answer.headers["Location"] == "/" and "Clear-Site-Data" not in answer.headers:
        return "s"
    if answer.status_code == 403:
        return "-"
    if answer.status_code == 404:
        return "0"
    assert answer.status_code < 500, f"{answer.request.path}: {answer.status_code}"
    return "+"
