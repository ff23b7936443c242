"""The life of a request for erasure, and ONE table of what leads from one state to the next."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from portal.models.accounts.permissions import P
from portal.models.actor import Actor
from portal.models.errors import N_
from portal.models.events import declare
from portal.models.flow import Flow, Step


class State(StrEnum):
    """Where a request stands. Between ``approved`` and ``shredded`` lie the steps through the stores."""

    REQUESTED = "requested"
    CONFIRMED = "identity_confirmed"
    CLEARED = "cleared"
    APPROVED = "approved"
    SHREDDED = "shredded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


OPEN = (State.REQUESTED, State.CONFIRMED, State.CLEARED, State.APPROVED)

STATE_WORDS: dict[str, str] = {
    State.REQUESTED: N_("等核对身份"),
    State.CONFIRMED: N_("等查有无保留理由"),
    State.CLEARED: N_("等审批"),
    State.APPROVED: N_("正在删除"),
    State.SHREDDED: N_("删除完成"),
    State.REFUSED: N_("没有通过"),
    State.WITHDRAWN: N_("已撤回"),
}
TONES: dict[str, str] = {
    State.REQUESTED: "wait",
    State.CONFIRMED: "wait",
    State.CLEARED: "wait",
    State.APPROVED: "go",
    State.SHREDDED: "plain",
    State.REFUSED: "plain",
    State.WITHDRAWN: "plain",
}


class Method(StrEnum):
    """How it was made sure that the person asks themself."""

    PASSWORD = "password"  # noqa: S105 - a way to prove oneself, not a password
    IN_PERSON = "in_person"
    CALL_BACK = "call_back"
    DOCUMENT = "document"


METHOD_WORDS: dict[str, str] = {
    Method.PASSWORD: N_("本人重新输入了密码"),
    Method.IN_PERSON: N_("当面看过证件原件"),
    Method.CALL_BACK: N_("回拨登记的号码，本人确认"),
    Method.DOCUMENT: N_("收到本人签名的书面申请"),
}
STAFF_METHODS: dict[str, str] = {code: words for code, words in METHOD_WORDS.items() if code != Method.PASSWORD}


class RefusalReason(StrEnum):
    """Why data is kept although its person asks for erasure."""

    WARRANTY = "warranty"
    TAX = "tax"
    DISPUTE = "dispute"
    UNFINISHED = "unfinished"
    EMPLOYED = "employed"
    IDENTITY = "identity"


REFUSAL_WORDS: dict[str, str] = {
    RefusalReason.WARRANTY: N_("保修期内，要用来履行保修"),
    RefusalReason.TAX: N_("税务和会计凭证，法律要求保存"),
    RefusalReason.DISPUTE: N_("有没了结的争议或投诉"),
    RefusalReason.UNFINISHED: N_("有没完成的报修"),
    RefusalReason.EMPLOYED: N_("还在岗，工作没有交接"),
    RefusalReason.IDENTITY: N_("没能确认是本人申请"),
}

_FIELDS = ("number", "person")
REQUESTED = declare("erasure.requested", (*_FIELDS, "channel"), told=True)
CONFIRMED = declare("erasure.identity_confirmed", (*_FIELDS, "method"))
CLEARED = declare("erasure.cleared", _FIELDS, told=True)
APPROVED = declare("erasure.approved", _FIELDS)
REFUSED = declare("erasure.refused", (*_FIELDS, "reason"), told=True)
WITHDRAWN = declare("erasure.withdrawn", _FIELDS, told=True)
SHREDDED = declare("erasure.shredded", (*_FIELDS, "persons", "tenures", "cases", "texts", "files"))
HELD = declare("erasure.held", (*_FIELDS, "hold"))
RELEASED = declare("erasure.released", (*_FIELDS, "hold"))


def is_theirs(erasure: Any, actor: Actor) -> bool:
    """Only the person themself takes a request back."""
    return actor.person_id is not None and erasure.person_id == actor.person_id


def is_not_theirs(erasure: Any, actor: Actor) -> bool:
    """Nobody handles a request about themself."""
    return actor.person_id is not None and erasure.person_id != actor.person_id


def is_second_person(erasure: Any, actor: Actor) -> bool:
    """Whoever asked, filed, confirmed or checked does not approve: of an erasure there is no way back."""
    return actor.person_id is not None and actor.person_id not in erasure.hands


FLOW = Flow(
    [
        Step(
            "confirm_identity",
            (State.REQUESTED,),
            State.CONFIRMED,
            P.ERASURE_HANDLE,
            CONFIRMED,
            N_("身份已核对"),
            guard=is_not_theirs,
        ),
        Step(
            "clear",
            (State.CONFIRMED,),
            State.CLEARED,
            P.ERASURE_HANDLE,
            CLEARED,
            N_("没有保留理由，送审"),
            guard=is_not_theirs,
        ),
        Step(
            "refuse",
            (State.REQUESTED, State.CONFIRMED),
            State.REFUSED,
            P.ERASURE_HANDLE,
            REFUSED,
            N_("不予删除"),
            guard=is_not_theirs,
        ),
        Step(
            "approve",
            (State.CLEARED,),
            State.APPROVED,
            P.ERASURE_APPROVE,
            APPROVED,
            N_("批准删除"),
            guard=is_second_person,
        ),
        Step(
            "decline",
            (State.CLEARED,),
            State.REFUSED,
            P.ERASURE_APPROVE,
            REFUSED,
            N_("不批准"),
            guard=is_not_theirs,
        ),
        Step(
            "withdraw",
            (State.REQUESTED, State.CONFIRMED, State.CLEARED),
            State.WITHDRAWN,
            P.ACCOUNT_OWN,
            WITHDRAWN,
            N_("撤回申请"),
            guard=is_theirs,
        ),
    ]
)
