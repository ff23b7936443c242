"""What every page of the staff's face shows around itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext

from portal.models.accounts import P, Person
from portal.models.accounts.permissions import ROLE_WORDS
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.notices import Notice
from portal.models.repairs.lists import counts
from portal.models.signals import version_of
from portal.web import live
from portal.web.i18n import said


@dataclass(frozen=True, slots=True)
class Item:
    """A place of the rail; ``count`` is None where nothing is counted."""

    endpoint: str
    label: str
    icon: str
    current: bool
    count: int | None = None
    heading: str = ""


def context() -> dict[str, Any]:
    """Rail, bell and name of a signed-in person of the staff; nothing for others."""
    actor: Actor = g.actor
    if actor.person_id is None or actor.development_id is None:
        return {"menu": [], "hotline": ""}
    topic, queue = f"person:{actor.person_id.hex}", f"queue:{actor.development_id.hex}"
    return {
        "menu": items(actor),
        "live": live.address([queue, topic]),
        "rail_topic": queue,
        "rail_version": version_of(queue),
        "rail_url": url_for("staff.repairs.queue.rail"),
        "me": _me(actor),
        "sign_out_url": url_for("owner.accounts.end_session"),
        "call_url": url_for("staff.repairs.reports.new") if actor.may(P.TICKET_FILE) else "",
        "notices_url": url_for("staff.notices.index"),
        "unread": Notice.unread(actor.person_id, staff=True),
        "bell_topic": topic,
        "bell_version": version_of(topic),
        "bell_url": url_for("staff.notices.bell"),
    }


def items(actor: Actor) -> list[Item]:
    """The places of the rail."""
    here = request.blueprint or ""
    open_count = counts(actor)["open"]
    found = [
        Item("staff.repairs.queue.index", gettext("报修工单"), "wrench", "repairs" in here, open_count),
        Item("staff.notices.index", gettext("通知"), "bell", "notices" in here),
    ]
    if actor.may(P.AUDIT_VIEW):
        found.append(Item("staff.privacy.chain.show", gettext("操作记录链"), "chain", "privacy.chain" in here))
    return found


def _me(actor: Actor) -> str:
    person = db.session.get(Person, actor.person_id)
    return gettext("·").join((person.name or "" if person else "", said(ROLE_WORDS[actor.role])))
