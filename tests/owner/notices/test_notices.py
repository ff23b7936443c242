"""The page of notices and the bell."""

from __future__ import annotations

from portal.models.base import db
from portal.models.events import Event
from portal.models.notices import fan_out


def tell(cast) -> None:
    """Do what the worker does with the events so far."""
    with cast.at_work():
        for event_id in db.session.scalars(db.select(Event.id)).all():
            fan_out(event_id)
        db.session.commit()


def test_nothing_has_happened_yet(sign_in):
    text = sign_in("owner").get("/notices").text
    assert "还没有通知" in text
    assert "全部标为已读" not in text


def test_notices_lead_to_the_repair_until_they_are_read(at, cast, sign_in):
    number = at("acknowledged")
    tell(cast)
    owner = sign_in("owner")
    text = owner.get("/notices").text
    assert f"报修 {number} 已受理" in text
    assert f'href="/repairs/{number}"' in text
    assert "1 条未读" in text
    assert owner.submit("/notices", "/notices/read").status_code == 303
    assert "都看过了" in owner.get("/notices").text


def test_the_bell_comes_alone_and_only_when_it_changed(at, cast, sign_in):
    owner = sign_in("owner")
    first = owner.get("/notices/bell", headers={"HX-Request": "true"})
    assert first.text.strip().startswith('<a class="btn quiet" id="bell"')
    tag = first.headers["HX-PTag"]
    assert owner.get("/notices/bell", headers={"HX-PTag": tag}).status_code == 304
    at("acknowledged")
    tell(cast)
    assert "通知，1 条未读" in owner.get("/notices/bell", headers={"HX-PTag": tag}).text
