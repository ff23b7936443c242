"""My home: what waits, what goes on, the warranty; and the live piece of the first two."""

from __future__ import annotations

import pytest

SCRIPTED = {"HX-Request": "true"}


@pytest.fixture
def owner(sign_in):
    return sign_in("owner")


def live_url(text: str) -> str:
    return text.split('id="home-open"')[1].split('hx-get="')[1].split('"')[0]


def test_a_new_home_is_invited_to_report(owner):
    text = owner.get("/home").text
    assert "还没有报修" in text
    assert "2 小时内响应" in text


def test_the_page_opens_with_the_home_where_something_goes_on(at, owner, cast):
    with cast.at_work():
        path = f"/home/{cast.tenure('1-1-0201').id}"
    assert "0201</span>" in owner.get(path).text
    assert "0101</span>" in owner.get("/home").text
    at("in_work")
    assert "0101</span>" in owner.get("/home").text


def test_what_waits_comes_before_what_goes_on(at, owner):
    going, waiting, also = at("in_work"), at("awaiting_owner"), at("awaiting_owner")
    text = owner.get("/home").text
    assert text.count('class="turn"') == 1
    assert text.index(f"/repairs/{waiting}/confirmation") < text.index(f'id="ticket-{going}-live"')
    assert f"/repairs/{also}" in text
    assert f'id="ticket-{waiting}-live"' not in text


def test_visits_and_repairs_of_the_past_stand_aside(at, owner):
    at("job_booked")
    done, withdrawn = at("accepted"), at("withdrawn")
    aside = owner.get("/home").text.split("<aside")[1]
    assert "周师傅上门" in aside
    assert done in aside
    assert withdrawn not in aside


def test_the_warranty_of_each_home_is_its_own(owner, cast):
    with cast.at_work():
        old = cast.tenure("1-1-0201").id
    assert "设计年限内" in owner.get("/home").text
    text = owner.get(f"/home/{old}").text
    assert "已于 2026年5月到期" in text
    assert "至 " not in text.split('class="band"')[1].split("</ul>")[0]


def test_the_live_piece_is_sent_when_something_changed(at, do, owner):
    number = at("submitted")
    url = live_url(owner.get("/home").text)
    first = owner.get(url, headers=SCRIPTED)
    tag = first.headers["HX-PTag"]
    assert owner.get(url, headers=SCRIPTED | {"HX-PTag": tag}).status_code == 304
    do(number, "acknowledge")
    fresh = owner.get(url, headers=SCRIPTED | {"HX-PTag": tag})
    assert fresh.text.lstrip().startswith('<section class="sec" id="home-open"')
    assert "正在安排师傅" in fresh.text


def test_a_neighbours_home_is_not_found(sign_in, cast):
    with cast.at_work():
        home = cast.tenure("1-1-0101").id
    neighbour = sign_in("neighbour")
    assert neighbour.get(f"/home/{home}").status_code == 404
    assert neighbour.get(f"/home/{home}/open").status_code == 404
    assert sign_in("co_owner").get(f"/home/{home}").status_code == 200
