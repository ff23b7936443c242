"""A household: the owner gives and takes rights, invites, removes; all ends with the sale; leases have days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.models.accounts import GRANTS, Account, P, Person, Role, Session
from portal.models.actor import SYSTEM, Actor
from portal.models.base import db
from portal.models.errors import Denied, NotReached, Refused, Repeated
from portal.models.events import Event
from portal.models.property import Relation, Tenure, household
from portal.models.property.admitting import Admission, KnownNumber, admit
from portal.models.property.invite import LENGTH, LETTERS, HouseholdInvite, WrongInvite
from portal.models.property.rights import ALL, PERMISSIONS, Right, permissions_of, rights_of
from portal.models.property.signed_in import SignedIn
from portal.models.repairs import Ticket
from portal.web import live
from portal.web.actors import actor_for
from tests.people import CAST
from tests.stage.cast import Cast
from tests.stage.crowd import at_once

SISTER = "12900000777"


def _party(cast: Cast, key: str = "co_owner", code: str = "1-1-0101"):
    return cast.tenure(code).party_of(cast.person(key).id)


def _signed_in(cast: Cast, key: str) -> tuple[str, Actor]:
    _, token = Session.begin(cast.account(key))
    db.session.flush()
    return token, _actor(token)


def _actor(token: str) -> Actor:
    signed_in = SignedIn.of_token(token)
    assert signed_in is not None
    return actor_for(signed_in, "owner", "")


def _invited(cast: Cast, rights: int = ALL, phone: str = SISTER) -> tuple[HouseholdInvite, str]:
    invite = HouseholdInvite.make(cast.tenure(), "林小妹", phone, rights, cast.actor("owner"))
    code = invite.draw()
    db.session.commit()
    return invite, code or ""


@pytest.mark.parametrize("rights", range(16))
def test_permissions_are_the_roles_without_what_is_withheld(rights: int):
    held = permissions_of(Role.CO_OWNER, rights)
    assert held <= GRANTS[Role.CO_OWNER]
    assert {P.HOME_VIEW, P.TICKET_VIEW, P.TICKET_READ_WORDS, P.ACCOUNT_OWN} <= held
    for right, permissions in PERMISSIONS.items():
        assert permissions <= held if rights & right else not permissions & held
    assert rights_of(Actor(permissions=held)) == rights | Right.SEE


def test_rights_count_from_the_next_question_on(any_app, cast: Cast):
    with cast.at_work():
        token, before = _signed_in(cast, "co_owner")
        assert before.may(P.TICKET_CONFIRM)
        household.set_rights(_party(cast), Right.REPORT, by=cast.actor("owner"))
        db.session.flush()
        after = _actor(token)
        assert after.may(P.TICKET_REPORT)
        assert not after.may(P.TICKET_CONFIRM)
        assert not after.may(P.COSTS_APPROVE)
        household.set_rights(_party(cast), 0, by=cast.actor("owner"))
        assert _party(cast).rights == Right.SEE
        ticket = cast.ticket()
        assert Ticket.reached_by(_actor(token), ticket.number) is ticket
        with pytest.raises(Denied):
            ticket.report(cast.place(), ticket.defect, None, _actor(token))


def test_only_the_owner_gives_and_takes(app, cast: Cast):
    with cast.at_work():
        party, invite = _party(cast), _invited(cast)[0]
        verbs = (
            lambda by: household.set_rights(party, ALL, by=by),
            lambda by: household.remove(party, by=by),
            lambda by: HouseholdInvite.make(cast.tenure(), "某人", "12900000778", ALL, by),
            lambda by: invite.revoke(by=by),
        )
        for key, error in (("co_owner", Denied), ("tenant", Denied), ("manager", Denied), ("neighbour", NotReached)):
            for verb in verbs:
                with pytest.raises(error):
                    verb(cast.actor(key))


def test_nobody_takes_rights_from_an_owner_or_a_tenant(app, cast: Cast):
    with cast.at_work():
        for party in (_party(cast, "owner"), _party(cast, "tenant", "1-1-0201")):
            with pytest.raises(NotReached):
                household.set_rights(party, 0, by=cast.actor("owner"))
            with pytest.raises(NotReached):
                household.remove(party, by=cast.actor("owner"))


def test_rights_that_do_not_exist_are_refused(app, cast: Cast):
    with cast.at_work(), pytest.raises(Refused):
        household.set_rights(_party(cast), 16, by=cast.actor("owner"))


def test_who_is_removed_is_nobody_there_at_once(app, cast: Cast):
    with cast.at_work():
        token, _ = _signed_in(cast, "co_owner")
        number = cast.ticket().number
        household.remove(_party(cast), by=cast.actor("owner"))
        actor = _actor(token)
        assert actor.permissions == {P.ACCOUNT_OWN}
        with pytest.raises(NotReached):
            Ticket.reached_by(actor, number)


def test_everything_ends_with_the_sale(app: Flask, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket()
        number, its_topic = ticket.number, f"ticket:{ticket.id.hex}:owner"
        invite, code = _invited(cast)
        token, _ = _signed_in(cast, "co_owner")
        ended: list[str] = []
        app.extensions["portal.bus"].subscribe(lambda topic, _version: ended.append(topic))
        household.end(cast.tenure(), clock.today(), by=SYSTEM)
        db.session.commit()
        signed_in = SignedIn.of_token(token)
        assert signed_in is not None
        assert f"session:{signed_in.id.hex}" in ended
        actor = _actor(token)
        assert actor.permissions == {P.ACCOUNT_OWN}
        with pytest.raises(NotReached):
            Ticket.reached_by(actor, number)
        with app.test_request_context():
            assert live._version(signed_in, its_topic) is None
        with pytest.raises(WrongInvite):
            HouseholdInvite.join(SISTER, code)
        assert invite.draw() is None


@pytest.mark.parametrize("days", [-10_000, 1])
def test_a_sale_has_a_day_within_the_tenure(app, cast: Cast, days: int):
    with cast.at_work(), pytest.raises(Refused):
        household.end(cast.tenure(), clock.today() + timedelta(days=days), by=SYSTEM)


def test_a_sale_is_once(app, cast: Cast):
    with cast.at_work():
        tenure = cast.tenure()
        household.end(tenure, clock.today(), by=SYSTEM)
        with pytest.raises(Refused):
            household.end(tenure, clock.today(), by=SYSTEM)


def test_the_home_in_use_says_what_somebody_may_do(any_app, cast: Cast):
    """Owner of one home and, with fewer rights, a member in another: never the rights of one in the other."""
    with cast.at_work():
        neighbours = cast.tenure("1-1-0102")
        neighbours.admit(cast.person("owner"), Relation.CO_OWNER, rights=Right.SEE)
        theirs = cast.ticket(by="neighbour", code="1-1-0102")
        token, as_owner = _signed_in(cast, "owner")
        assert as_owner.may(P.TICKET_REPORT)
        with pytest.raises(NotReached):
            Ticket.reached_by(as_owner, theirs.number)
        with pytest.raises(NotReached):
            Tenure.reached_by(as_owner, neighbours.id)
        household.use(as_owner, neighbours.id)
        db.session.flush()
        as_guest = _actor(token)
        assert (as_guest.role, as_guest.may(P.TICKET_REPORT)) == ("co_owner", False)
        assert Ticket.reached_by(as_guest, theirs.number) is theirs
        with pytest.raises(NotReached):
            household.use(as_guest, cast.tenure("1-1-0101").id if False else neighbours.home_id)


def test_a_tenant_sees_what_they_reported_during_the_lease_alone(any_app, cast: Cast):
    with cast.at_work():
        party = _party(cast, "tenant", "1-1-0201")
        today = clock.today()
        party.since_on, party.until_on = today, today + timedelta(days=30)
        db.session.flush()
        owners = cast.ticket(code="1-1-0201")
        own = cast.ticket(by="tenant", code="1-1-0201")
        token, actor = _signed_in(cast, "tenant")
        assert not actor.may(P.COSTS_APPROVE)
        assert Ticket.reached_by(actor, own.number) is own
        with pytest.raises(NotReached):
            Ticket.reached_by(actor, owners.number)
        for when in (today - timedelta(days=1), today + timedelta(days=31)):
            party.since_on, party.until_on = (
                (today + timedelta(days=1), None) if when < today else (None, today - timedelta(days=1))
            )
            db.session.flush()
            outside = _actor(token)
            assert outside.permissions == {P.ACCOUNT_OWN}
            assert not Tenure.of_person(cast.person("tenant").id)
            with pytest.raises(NotReached):
                Ticket.reached_by(actor, own.number)


def test_an_invitation_makes_a_member_with_its_rights_once(any_app, cast: Cast):
    with cast.at_work():
        _, code = _invited(cast, Right.REPORT)
        assert len(code) == LENGTH
        assert set(code) <= set(LETTERS)
        account, new = HouseholdInvite.join(f"+86 {SISTER}", f" {code[:4].lower()}-{code[4:]} ")
        assert new
        party = cast.tenure().party_of(account.person_id)
        assert (party.relation, party.rights, account.person.name) == ("co_owner", Right.SEE | Right.REPORT, "林小妹")
        with pytest.raises(WrongInvite):
            HouseholdInvite.join(SISTER, code)


def test_somebody_with_an_account_keeps_name_and_account(app, cast: Cast):
    with cast.at_work():
        _, code = _invited(cast, phone=CAST["neighbour"].phone)
        account, new = HouseholdInvite.join(CAST["neighbour"].phone, code)
        assert (account, new) == (cast.account("neighbour"), False)
        assert account.person.name == CAST["neighbour"].name


def test_of_two_who_use_an_invitation_at_once_one_joins(any_app: Flask, cast: Cast):
    with cast.at_work():
        _, code = _invited(cast)

    def join() -> None:
        HouseholdInvite.join(SISTER, code)
        db.session.commit()

    assert sorted(type(answer).__name__ for answer in at_once(any_app, join, join)) == ["NoneType", "WrongInvite"]


@pytest.mark.parametrize("what", ["number", "code", "late", "revoked", "again", "unsent"])
def test_what_does_not_fit_is_refused_in_the_same_words(app, cast: Cast, what: str):
    with cast.at_work():
        invite, code = _invited(cast)
        phone = "12900000779" if what == "number" else SISTER
        if what == "code":
            code = code[::-1] if code != code[::-1] else "23456789"
        if what == "revoked":
            invite.revoke(by=cast.actor("owner"))
        if what == "again":
            HouseholdInvite.make(cast.tenure(), "林小妹", SISTER, ALL, cast.actor("owner"))
        if what == "unsent":
            invite.code_hash = None
        db.session.flush()
        with clock.at(clock.now() + timedelta(days=7 if what == "late" else 0)), pytest.raises(WrongInvite) as wrong:
            HouseholdInvite.join(phone, code)
        assert wrong.value.message == WrongInvite.message
        assert db.session.scalars(select(Person).where(Person.phone == SISTER)).all() == []


def test_five_wait_at_most_and_a_double_click_is_one(app, cast: Cast):
    with cast.at_work():
        actor = cast.actor("owner", once=True)
        HouseholdInvite.make(cast.tenure(), "家人", "12900000770", ALL, actor)
        db.session.flush()
        with pytest.raises(Repeated):
            HouseholdInvite.make(cast.tenure(), "家人", "12900000770", ALL, actor)
        for number in range(1, 5):
            HouseholdInvite.make(cast.tenure(), "家人", f"1290000077{number}", ALL, cast.actor("owner"))
        with pytest.raises(Refused):
            HouseholdInvite.make(cast.tenure(), "家人", "12900000776", ALL, cast.actor("owner"))


@pytest.mark.parametrize(
    ("name", "phone", "field"), [("", SISTER, "name"), ("字" * 41, SISTER, "name"), ("妹", "12", "phone")]
)
def test_an_invitation_needs_a_name_and_a_number(app, cast: Cast, name: str, phone: str, field: str):
    with cast.at_work(), pytest.raises(Refused) as refused:
        HouseholdInvite.make(cast.tenure(), name, phone, ALL, cast.actor("owner"))
    assert refused.value.field == field


def test_events_say_who_and_what_and_no_name_or_number(app, cast: Cast):
    with cast.at_work():
        _, code = _invited(cast)
        HouseholdInvite.join(SISTER, code)
        household.set_rights(_party(cast), Right.REPORT, by=cast.actor("owner"))
        db.session.flush()
        found = db.session.scalars(select(Event).where(Event.kind.startswith("household."))).all()
        assert [event.kind for event in found] == ["household.invited", "household.joined", "household.rights_set"]
        assert not [event for event in found if SISTER.encode() in event.json or code.encode() in event.json]


# What the desk enters from the contract.

LEASE = (date(2026, 1, 1), date(2027, 12, 31))


def _entry(**more: object) -> Admission:
    values = {"home": "1-1-0102", "name": "新人", "phone": SISTER, "relation": Relation.CO_OWNER}
    return Admission(**{**values, **more})  # type: ignore[arg-type]


def test_the_desk_enters_a_member_who_then_has_an_account(app, cast: Cast):
    with cast.at_work():
        party = admit(_entry(), by=cast.actor("service_agent"))
        assert (party.relation, party.rights) == ("co_owner", ALL)
        assert Account.of(party.person).notice_version is None


def test_an_owner_begins_the_tenure_of_an_empty_home_only(app, cast: Cast):
    with cast.at_work():
        owner = _entry(relation=Relation.OWNER)
        with pytest.raises(Refused) as refused:
            admit(owner, by=cast.actor("service_agent"))
        assert refused.value.field == "home"
        household.end(cast.tenure("1-1-0102"), clock.today(), by=SYSTEM)
        assert admit(owner, by=cast.actor("service_agent")).tenure is cast.tenure("1-1-0102")


def test_a_known_number_is_never_merged_silently(app, cast: Cast):
    with cast.at_work():
        entry = _entry(phone=CAST["tenant"].phone)
        with pytest.raises(KnownNumber) as known:
            admit(entry, by=cast.actor("service_agent"))
        assert known.value.person.id == cast.person("tenant").id
        party = admit(_entry(phone=CAST["tenant"].phone, same=True), by=cast.actor("service_agent"))
        assert party.person.name == CAST["tenant"].name


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"home": "9-9-9999"}, "home"),
        ({"phone": "1"}, "phone"),
        ({"name": " "}, "name"),
        ({"relation": Relation.TENANT}, "until_on"),
        ({"lease": LEASE}, "until_on"),
        ({"relation": Relation.TENANT, "lease": LEASE[::-1]}, "until_on"),
        ({"phone": CAST["neighbour"].phone, "same": True}, "phone"),
    ],
)
def test_what_does_not_fit_the_contract_is_said_beside_its_field(app, cast: Cast, more, field: str):
    with cast.at_work(), pytest.raises(Refused) as refused:
        admit(_entry(**more), by=cast.actor("manager"))
    assert refused.value.field == field


def test_a_tenant_has_a_lease(app, cast: Cast):
    with cast.at_work():
        party = admit(_entry(relation=Relation.TENANT, lease=LEASE), by=cast.actor("service_agent"))
        assert (party.since_on, party.until_on, party.is_current) == (*LEASE, True)


@pytest.mark.parametrize("key", ["owner", "dispatcher", "technician", "auditor", "admin"])
def test_only_the_desk_enters_people(app, cast: Cast, key: str):
    with cast.at_work(), pytest.raises(Denied):
        admit(_entry(), by=cast.actor(key))


def test_another_development_has_no_such_home(app, cast: Cast):
    with cast.at_work(), pytest.raises(Refused):
        admit(_entry(), by=cast.actor("stranger"))
