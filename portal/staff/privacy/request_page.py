"""What the pages of requests for erasure are made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext

from portal.models.accounts import P, Person
from portal.models.accounts.permissions import GRANTS, ROLE_WORDS
from portal.models.actor import Actor
from portal.models.masking import mask_name, mask_phone
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.holdable import BEFORE
from portal.models.privacy.holds import ErasureHold, found_holds, placed_holds
from portal.models.privacy.states import FLOW, STATE_WORDS, TONES
from portal.models.property import Tenure
from portal.staff.privacy.forms import HoldForm, IdentityForm, RefusalForm, StepForm
from portal.web import kept
from portal.web.erasures import ErasureView, Hold, held
from portal.web.filters import home_code
from portal.web.forms import Form
from portal.web.i18n import listed, said


@dataclass(frozen=True, slots=True)
class Row:
    """A request in the list; ``name`` is masked."""

    erasure: Erasure
    url: str
    name: str
    state: str
    tone: str

    @classmethod
    def of(cls, erasure: Erasure) -> Row:
        """The row of a request."""
        return cls(
            erasure,
            url_for("staff.privacy.erasures.show", number=erasure.number),
            kept.personal(Person.name, erasure.person, mask_name),
            said(STATE_WORDS[erasure.state]),
            TONES[erasure.state],
        )


def context(erasure: Erasure, actor: Actor, sent: dict[str, Form]) -> dict[str, Any]:
    """Everything the page of one request shows; ``sent`` replaces a fresh form by one that came back."""
    before = erasure.state in BEFORE
    handles = (actor.may(P.ERASURE_HANDLE) or actor.may(P.ERASURE_APPROVE)) and actor.person_id != erasure.person_id
    return {
        "view": ErasureView.of(erasure),
        "erasure": erasure,
        "name": kept.personal(Person.name, erasure.person, mask_name),
        "phone": kept.personal(Person.phone, erasure.person, mask_phone),
        "homes": [home_code(tenure.home) for tenure in Tenure.of_person(erasure.person_id)],
        "holds": _holds(erasure) if before else [],
        "holds_matter": before,
        "verbs": erasure.verbs_for(actor),
        "others": _others(erasure),
        "may_hold": before and handles,
        "step_form": StepForm(formdata=None, version=erasure.moves),
        "identity_form": IdentityForm(formdata=None, version=erasure.moves),
        "refusal_form": RefusalForm(formdata=None, version=erasure.moves),
        "hold_form": HoldForm(formdata=None),
        **sent,
    }


def _holds(erasure: Erasure) -> list[Hold]:
    """What the data itself speaks of, then what people put down."""
    return [*held(found_holds(erasure.person_id)), *map(_placed, placed_holds(erasure.id))]


def _placed(hold: ErasureHold) -> Hold:
    (words,) = held([hold.kind])
    return replace(words, basis=kept.personal(ErasureHold.words, hold), id=hold.id)


def _others(erasure: Erasure) -> str:
    """Whose step it is, for somebody who has none to take."""
    if not erasure.is_open:
        return gettext("已经结束，没有下一步")
    rights = FLOW.rights(erasure) - {P.ACCOUNT_OWN}
    roles = [said(ROLE_WORDS[role]) for role, granted in GRANTS.items() if granted & rights]
    return gettext("下一步由%(who)s来做", who=listed(roles)) if roles else gettext("正在销毁密钥，几分钟内完成")
