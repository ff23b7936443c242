"""Every endpoint × everybody × page and fragment is as the matrix says; a cell nobody decided fails."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from portal import clock
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.customers.look import REVEALED
from portal.models.events import Event
from portal.models.files import Attachment
from portal.models.files.photo import read_photo
from portal.models.privacy import chain, checkpoints
from portal.models.privacy.erasure import Erasure
from portal.models.property import Building, CommonPart, Development, Entrance, Home, Tenure
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Place, Report
from tests.people import PASSWORD
from tests.rules.matrix import PEOPLE, foreign, matrix
from tests.stage.cast import Cast
from tests.stage.client import PageClient

# Where an empty form would lead to the sign-in page like somebody who is not let in, or end what is asked for twice.
DATA = {"owner.accounts.language": {"next": "/account"}, "staff.accounts.end": {"hand_over_to": "nobody"}}


def test_every_endpoint_has_its_row(app: Flask):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(matrix())


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_what_the_matrix_says(app: Flask, cast: Cast, person: str, record_property):
    """Page and fragment, of the row everybody asks for and of one that is nobody's here."""
    app.config["WTF_CSRF_ENABLED"] = False  # whether a form is genuine is another question, with tests of its own
    own, others = _values(cast), _foreign(cast)
    walk = Walk(app, person)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        walk.ask(rule, own, matrix()[rule.endpoint][person])
        if rule.arguments & set(others):
            walk.ask(rule, own | others, foreign(rule.endpoint, person))
    record_property("cells", walk.cells)
    assert not walk.wrong, "\n".join(walk.wrong)


class Walk:
    """One person goes through every endpoint; ``cells`` counts the answers, ``wrong`` has those nobody decided so."""

    def __init__(self, app: Flask, person: str) -> None:
        self.app, self.key = app, None if person == "nobody" else person
        self.cells, self.wrong = 0, []
        self._reading: PageClient | None = None

    def ask(self, rule, values: dict[str, object], expected: str) -> None:
        """Ask for the page and for the fragment."""
        path, method = _path(self.app, rule, values), next(iter(rule.methods - {"HEAD", "OPTIONS"}))
        for headers in ({}, {"HX-Request": "true"}):
            client = self._client(method)
            got = _cell(client.open(path, method=method, headers=headers, data=DATA.get(rule.endpoint)))
            self.cells += 1
            if got != expected:
                self.wrong.append(f"{method} {path} {headers}: {got} instead of {expected}")

    def _client(self, method: str) -> PageClient:
        """A new one for every change, which may end all sessions of the person; one for the readings in between."""
        if method != "GET":
            self._reading = None
            return PageClient.of(self.app, self.key)
        self._reading = self._reading or PageClient.of(self.app, self.key)
        return self._reading


def _foreign(cast: Cast) -> dict[str, object]:
    """A ticket about the grounds of the other development, a home there, and ids of nothing."""
    with cast.at_work():
        by = cast.actor("stranger")
        there = db.session.get_one(Development, by.development_id)
        place = Place(there, common_part=CommonPart.GROUNDS)
        ticket = Ticket.file(place, Defect.current("PUBLIC-01"), Report("路灯不亮", caller_name="何"), by, None)
        building = Building(development=there, label="1", floors=1)
        entrance = Entrance(development_id=there.id, building=building, label="1")
        home = Home(development=there, entrance=entrance, number="0101", floor="1")
        db.session.add(home)
        db.session.flush()
        tenure = Tenure.begin(home, clock.today())
        db.session.commit()
        nothing = {"photo_id": uuid4(), "look_id": uuid4(), "hold_id": uuid4(), "erasure": "SC20990101-001"}
        return nothing | {"number": ticket.number, "tenure_id": tenure.id}


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
            "session_id": uuid4(),
            "tenure_id": cast.tenure().id,
            "party_id": uuid4(),
            "invite_id": uuid4(),
            "draft": uuid4(),
            "photo_id": photo.id,
            "factor_id": uuid4(),
            "grant_id": uuid4(),
            "account_id": cast.account("return_visitor").id,
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
