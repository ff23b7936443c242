"""How a ticket begins: the owner's own report, and the desk's for somebody who called."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal import clock
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.errors import Denied, NotReached, Refused
from portal.models.files import Attachment
from portal.models.files.photo import read_photo, thumbnail
from portal.models.property import CommonPart
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Place, Report, answer_for
from portal.vault import SubjectKind
from tests.models.files.pictures import corners, encoded
from tests.people import CAST
from tests.stage.cast import WORDS, Cast
from tests.stage.crowd import at_once

CALLER = Report("电梯按钮不亮", caller_name="白静", caller_phone="136 0000 0000")


def _report(cast: Cast, words: str = WORDS, **more: object) -> Ticket:
    report = replace(Report(words), **more)  # type: ignore[arg-type]
    return Ticket.report(cast.place(), Defect.current("LEAK-05"), report, cast.actor("owner"))


BAD_WORDS = ["", " \n\u3000", "漏" * 2001, "漏" * 5000]


def test_words_that_are_none_or_too_many_are_refused(app, cast: Cast, subtests):
    for words in BAD_WORDS:
        with subtests.test(length=len(words)), cast.at_work():
            with pytest.raises(Refused) as refused:
                _report(cast, words)
            assert refused.value.field == "words"
            assert db.session.scalars(select(Ticket)).all() == []


def test_words_are_kept_as_they_were_said_and_sealed(any_app, cast: Cast):
    words = "“漏” <b>\n'; drop table ticket; -- \U0001f4a7" + "水" * 1900
    with cast.at_work():
        ticket = _report(cast, f"  {words} ")
        db.session.commit()
        db.session.expire_all()
        assert (ticket.words, ticket.caller_name) == (words, None)
        assert ticket.sealed_subject == cast.tenure().subject
        row = db.session.execute(text("select * from ticket")).mappings().one()
        assert "漏" not in str(row)
        assert "漏".encode() not in bytes(row["report_sealed"])


HALF_DAYS = [
    ("2026-11-21/am", True),
    ("2026-11-22/pm", True),
    ("2026-12-21/pm", True),
    ("2026-11-20/pm", False),
    ("2026-12-22/am", False),
    ("2026-11-24", False),
    ("2026-11-24/noon", False),
    ("2026-11-31/am", False),
    ("２０２６-11-24/am", False),
    ("2026-11-24/am\n", False),
    ("", False),
    ("2026-11-24/am,2026-11-25/am", False),
]


def test_half_days_are_of_the_next_thirty_days(app, cast: Cast, subtests):
    saturday = datetime(2026, 11, 21, 8, tzinfo=UTC)
    for half_day, taken in HALF_DAYS:
        with subtests.test(half_day=half_day), cast.at_work(), clock.at(saturday):
            if taken:
                assert _report(cast, preferred=(half_day,)).preferred == [half_day]
            else:
                with pytest.raises(Refused) as refused:
                    _report(cast, preferred=("2026-11-24/am", half_day))
                assert refused.value.field == "preferred"


def test_a_foreign_household_is_not_reached(app, cast: Cast):
    defect = Defect.current
    with cast.at_work():
        for who, code in (("owner", "1-1-0102"), ("neighbour", "1-1-0101"), ("co_owner", "1-1-0201")):
            with pytest.raises(NotReached):
                Ticket.report(cast.place(code), defect("LEAK-05"), Report(WORDS), cast.actor(who))
        with pytest.raises(NotReached):
            Ticket.report(Place(cast.development()), defect("LEAK-05"), Report(WORDS), cast.actor("owner"))


def test_a_place_lies_in_its_own_development(app, cast: Cast):
    """The promise, the desk and the lists follow the development: it is not the form's to choose."""
    with cast.at_work():
        elsewhere = cast.grant("stranger").development_id
        place = replace(cast.place(), development=db.session.get_one(type(cast.development()), elsewhere))
        with pytest.raises(NotReached):
            Ticket.report(place, Defect.current("LEAK-05"), Report(WORDS), cast.actor("owner"))


STAFF = [key for key, known in CAST.items() if known.role]


def test_the_staff_do_not_report_for_themselves(app, cast: Cast, subtests):
    for key in STAFF:
        with subtests.test(key=key), cast.at_work(), pytest.raises(Denied):
            Ticket.report(cast.place(), Defect.current("LEAK-05"), Report(WORDS), cast.actor(key))


NO_ROOMS = [None, "", "attic", "MASTER_BATH"]


def test_the_room_is_one_of_the_homes(app, cast: Cast, subtests):
    for space in NO_ROOMS:
        with subtests.test(space=space), cast.at_work(), pytest.raises(Refused) as refused:
            Ticket.report(
                replace(cast.place(), space_code=space), Defect.current("LEAK-05"), Report(WORDS), cast.actor("owner")
            )
        assert refused.value.field == "place"


def test_a_common_part_belongs_to_no_home_and_has_a_key_of_its_own(any_app, cast: Cast):
    """What is said about the lift does not end with the household that said it."""
    with cast.at_work():
        ticket = Ticket.report(cast.common(), Defect.current("PUBLIC-01"), Report("电梯异响"), cast.actor("owner"))
        db.session.commit()
        db.session.expire_all()
        assert (ticket.home_id, ticket.tenure_id, ticket.space_code) == (None, None, None)
        assert (ticket.common_part, ticket.building.label) == (CommonPart.LIFT, "1")
        assert (ticket.sealed_subject.kind, ticket.sealed_subject.id) == (SubjectKind.CASE, ticket.id)
        assert ticket.words == "电梯异响"


def test_a_drafts_photos_come_along_and_move_to_the_tickets_key(any_app, cast: Cast):
    with cast.at_work():
        owner, draft = cast.actor("owner"), uuid4()
        subject, photo = cast.tenure().subject, read_photo(_picture())
        added = [Attachment.add(photo, draft, subject, owner) for _ in range(2)]
        Attachment.add(photo, uuid4(), subject, owner)
        Attachment.add(photo, draft, subject, cast.actor("co_owner"))
        added[0].keep_thumbnail(thumbnail(added[0].file.read()))
        ticket = Ticket.report(cast.common(), Defect.current("PUBLIC-01"), Report("电梯", draft=draft), owner)
        db.session.commit()
        db.session.expire_all()
        (shown,) = Attachment.of_events([row.event_id for row in added]).values()
        assert shown == added
        assert [(row.draft, row.about_id) for row in added] == [(None, ticket.id)] * 2
        files = [added[0].file, added[0].thumbnail, added[1].file]
        assert {file.sealed_subject for file in files} == {ticket.subject}
        assert {file.read()[:3] for file in files} == {b"\xff\xd8\xff"}


def _picture() -> object:
    from io import BytesIO

    return BytesIO(encoded(corners()))


def test_the_desk_files_for_somebody_who_called(any_app, cast: Cast):
    with cast.at_work():
        owner = cast.person("owner")
        ticket = Ticket.file(cast.place(), Defect.current("LEAK-05"), CALLER, cast.actor("service_agent"), owner.id)
        db.session.commit()
        db.session.expire_all()
        assert (ticket.channel, ticket.reporter, ticket.filed_by_id) == (
            "phone",
            owner,
            cast.person("service_agent").id,
        )
        assert (ticket.caller_name, ticket.caller_phone) == ("白静", "136 0000 0000")
        common = Place(cast.development(), None, common_part=CommonPart.GROUNDS)
        unknown = Ticket.file(common, Defect.current("PUBLIC-01"), CALLER, cast.actor("manager"), None)
        assert (unknown.reporter_id, unknown.subject.kind) == (None, SubjectKind.CASE)


def test_the_desk_files_only_within_its_development_and_for_the_household(app, cast: Cast):
    with cast.at_work():
        place, defect, owner = cast.place(), Defect.current("LEAK-05"), cast.person("owner")
        agent, stranger = cast.actor("service_agent"), cast.actor("stranger")
        for by, where, whom, error in (
            (stranger, place, owner.id, NotReached),
            (stranger, replace(place, development=stranger_home(cast)), owner.id, NotReached),
            (agent, place, cast.person("neighbour").id, NotReached),
            (agent, Place(cast.development(), None, common_part=CommonPart.LIFT), owner.id, NotReached),
            (cast.actor("dispatcher"), place, owner.id, Denied),
            (cast.actor("owner"), place, owner.id, Denied),
        ):
            with pytest.raises(error):
                Ticket.file(where, defect, CALLER, by, whom)
        with pytest.raises(Refused) as refused:
            Ticket.file(place, defect, replace(CALLER, caller_name=" "), agent, owner.id)
        assert refused.value.field == "caller_name"


def stranger_home(cast: Cast) -> object:
    """The development of the stranger's grant."""
    return db.session.get_one(type(cast.development()), cast.grant("stranger").development_id)


def test_numbers_count_from_one_each_day_in_shanghai(any_app, cast: Cast):
    late = datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)  # the last second of the 21st
    with cast.at_work():
        numbers = []
        for moment in (late - timedelta(hours=1), late, late + timedelta(seconds=1), late + timedelta(minutes=1)):
            with clock.at(moment):
                numbers.append(cast.ticket().number)
        assert numbers == ["BX20261121-001", "BX20261121-002", "BX20261122-001", "BX20261122-002"]


def test_parallel_reports_get_different_numbers(any_app: Flask, cast: Cast):
    """The first reports of a day too: they begin the day's counter together."""

    def report() -> list[str]:
        numbers = []
        for _ in range(5):
            numbers.append(cast.ticket().number)
            db.session.commit()
        return numbers

    told = at_once(any_app, *[report] * 4)
    numbers = sorted(number for some in told for number in some)
    day = re.fullmatch(r"(BX\d{8})-001", numbers[0]).group(1)
    assert numbers == [f"{day}-{count:03d}" for count in range(1, 21)]


def test_the_answer_before_sending_is_what_the_ticket_promises(app, cast: Cast):
    with cast.at_work(), clock.at(clock.now()):
        place, defect = cast.place(), Defect.current("LEAK-05")
        answer = answer_for(place, defect)
        ticket = _report(cast)
        db.session.flush()
        assert answer.response.code == ticket.clock_named("response").limit_code
        assert (answer.warranty.status, answer.warranty.until) == (ticket.warranty_status, ticket.warranty_until)
        assert (ticket.priority, ticket.defect) == (defect.priority, defect)
        assert not answer.emergency
        assert answer_for(place, Defect.current("PLUMB-01")).emergency
