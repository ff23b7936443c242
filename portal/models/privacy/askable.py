"""Askable: how a request begins, by the person's own hand or filed by the desk for somebody who came or called."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from portal import clock
from portal.models.accounts import Account, P, Person
from portal.models.actor import Actor, Channel
from portal.models.base import db
from portal.models.customers.look import REVEALED
from portal.models.errors import Denied, N_, Refused
from portal.models.events import record, refuse_repetition
from portal.models.numbers import next_number
from portal.models.privacy.part import ErasurePart
from portal.models.privacy.states import CONFIRMED, REQUESTED, Method, State
from portal.models.property import Party, Tenure

if TYPE_CHECKING:
    from portal.models.privacy.erasure import Erasure

LONGEST = 1000


class Askable(ErasurePart):
    """Gives a request its beginning."""

    @classmethod
    def ask(cls, password: str, reason: str, by: Actor) -> Erasure:
        """The person asks, and proves by the password that it is them; without one the desk checks who they are.

        Raises Refused for a wrong password, too long a reason, or while an earlier request runs; Repeated.
        """
        if by.person_id is None or by.account_id is None or not by.may(P.ACCOUNT_OWN):
            raise Denied
        refuse_repetition(by)
        account = db.session.get_one(Account, by.account_id)
        if account.password_hash is not None and not account.proves(password):
            raise Refused(N_("密码不对，请再试一次"), "password")
        erasure = _begin(by.person_id, reason, by, Channel.PORTAL, _development(by.person_id))
        if account.password_hash is not None:
            erasure.state, erasure.method, erasure.moves = State.CONFIRMED.value, Method.PASSWORD.value, 1
            erasure.tell(CONFIRMED, by.with_once(None), method=Method.PASSWORD.value)
        return erasure

    @classmethod
    def file(cls, phone: str, reason: str, by: Actor) -> Erasure:
        """The desk asks for somebody with this phone; looking somebody up by phone is a look, and recorded.

        Raises Denied without the right, Refused where nobody of this development has the phone.
        """
        if not by.may(P.ERASURE_HANDLE) or by.development_id is None:
            raise Denied
        refuse_repetition(by)
        person = Person.by_phone(phone)
        if person is None or _development(person.id) not in (by.development_id, None):
            raise Refused(N_("没有找到用这个号码登记的人"), "phone")
        if person.id == by.person_id:
            raise Denied(N_("自己的申请请在“我的”里提交"))
        record(by.with_once(None), REVEALED, person, what="found_by_phone", reason="verify_identity", ticket="")
        return _begin(person.id, reason, by, Channel.PHONE, by.development_id)


def _begin(person_id: UUID, reason: str, by: Actor, channel: Channel, development_id: UUID | None) -> Erasure:
    from portal.models.privacy.erasure import Erasure

    if len(reason.strip()) > LONGEST:
        raise Refused(N_("最多 1000 字"), "reason")
    earlier = Erasure.newest_of(person_id)
    if earlier is not None and earlier.is_open:
        raise Refused(N_("已经有一份申请在处理"))
    token = secrets.token_urlsafe(32)
    erasure = Erasure(
        development_id=development_id,
        person_id=person_id,
        filed_by_id=by.person_id if by.person_id != person_id else None,
        state=State.REQUESTED.value,
        is_open=True,
        moves=0,
        requested_at=clock.now(),
        token_hash=digest(token),
    )
    erasure.sealed_subject = erasure.subject
    erasure.reason, erasure.token = reason.strip() or None, token
    erasure.number = next_number("SC")
    db.session.add(erasure)
    db.session.flush()
    erasure.tell(REQUESTED, by, channel=channel.value)
    return erasure


def digest(token: str) -> bytes:
    """What is kept of a receipt's token in the open."""
    return hashlib.sha256(token.encode()).digest()


def _development(person_id: UUID) -> UUID | None:
    """Where the person belongs: the home they have, else the one they had last; None where they never had one."""
    found = select(Tenure.development_id).join(Party).where(Party.person_id == person_id)
    newest: UUID | None = db.session.scalar(
        found.order_by(Tenure.ended_on.is_not(None), Tenure.began_on.desc()).limit(1)
    )
    return newest
