"""My household: who belongs to it and may do what, who is invited."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.base import db
from portal.models.errors import Refused
from portal.models.masking import mask_phone
from portal.models.property import household
from portal.models.property.invite import HouseholdInvite
from portal.models.property.rights import RIGHT_WORDS
from portal.owner.property.forms import InviteForm, RightsForm
from portal.web.errors import shows_again
from portal.web.forms import Form
from portal.web.guard import current_actor, requires

households = Blueprint("households", __name__, url_prefix="/home/<uuid:tenure_id>/household")


@households.get("")
@requires(P.HOUSEHOLD_MANAGE)
def show(tenure_id: UUID) -> Response:
    """The household of a home that I own."""
    return _page(tenure_id)


@households.post("/invitations")
@requires(P.HOUSEHOLD_MANAGE, fresh=True, form=InviteForm)
def invite(tenure_id: UUID) -> Response:
    """Invite a member of the family by telephone."""
    actor, form = current_actor(), InviteForm()
    tenure = household.owned_by(actor, tenure_id)
    if not form.validate():
        return _page(tenure_id, status=422, invite_form=form)
    try:
        HouseholdInvite.make(tenure, form.name.data or "", form.phone.data or "", form.chosen, by=actor)
    except Refused as refused:
        db.session.rollback()
        form.take(refused)
        return _page(tenure_id, status=422, invite_form=form)
    db.session.commit()
    flash(gettext("邀请已发出，7 天内有效"))
    return _back(tenure_id)


@households.post("/invitations/<uuid:invite_id>/end")
@requires(P.HOUSEHOLD_MANAGE)
def revoke(tenure_id: UUID, invite_id: UUID) -> Response:
    """Take an invitation back."""
    actor = current_actor()
    HouseholdInvite.of_id(household.owned_by(actor, tenure_id), invite_id).revoke(by=actor)
    db.session.commit()
    return _back(tenure_id)


@households.post("/<uuid:party_id>/rights")
@requires(P.HOUSEHOLD_MANAGE, fresh=True, form=RightsForm)
def set_rights(tenure_id: UUID, party_id: UUID) -> Response:
    """Give and take a member's rights."""
    actor, form = current_actor(), RightsForm()
    party = household.member(household.owned_by(actor, tenure_id), party_id)
    if not form.validate():
        return _page(tenure_id, status=422, notice=gettext("请从列出的里选"))
    household.set_rights(party, form.chosen, by=actor)
    db.session.commit()
    flash(gettext("权限已保存，马上生效"))
    return _back(tenure_id)


@households.post("/<uuid:party_id>/end")
@requires(P.HOUSEHOLD_MANAGE)
def remove(tenure_id: UUID, party_id: UUID) -> Response:
    """Take a member out of the household."""
    actor = current_actor()
    household.remove(household.member(household.owned_by(actor, tenure_id), party_id), by=actor)
    db.session.commit()
    flash(gettext("已移出，马上生效"))
    return _back(tenure_id)


@shows_again("owner.households")
def _page(tenure_id: UUID, *, status: int = 200, notice: str = "", **forms: Any) -> Response:
    tenure = household.owned_by(current_actor(), tenure_id)
    members = [(party, _form(party.rights)) for party in household.members(tenure)]
    page = render_template(
        "owner/property/household.html",
        tenure=tenure,
        members=members,
        others=[party for party in tenure.parties if party not in household.members(tenure)],
        waiting=[(one, mask_phone(one.phone)) for one in HouseholdInvite.waiting(tenure)],
        rights_of=lambda rights: [words for right, words in RIGHT_WORDS.items() if rights & right],
        invite_form=forms.get("invite_form") or InviteForm(formdata=None),
        plain_form=Form(formdata=None),
        notice=notice,
    )
    return make_response(page, status)


def _form(rights: int) -> RightsForm:
    return RightsForm(formdata=None, rights=[str(int(right)) for right in RIGHT_WORDS if rights & right])


def _back(tenure_id: UUID) -> Response:
    return redirect(url_for("owner.households.show", tenure_id=tenure_id), 303)
