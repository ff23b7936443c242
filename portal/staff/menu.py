"""What every page of the staff's face shows around itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for
from flask_babel import get_locale, gettext
from sqlalchemy import select

from portal.models.accounts import Grant, P, Person
from portal.models.accounts.permissions import ROLE_WORDS
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.notices import Notice
from portal.models.property import Building, Development
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
        "my_roles": my_roles(actor),
        "use_role_url": url_for("staff.roles.uses.create"),
        "sign_out_url": url_for("owner.accounts.end_session"),
        "search_url": _search_url(actor),
        "call_url": url_for("staff.repairs.reports.new") if actor.may(P.TICKET_FILE) else "",
        "notices_url": url_for("staff.notices.index"),
        "unread": Notice.unread(actor.person_id, staff=True),
        "bell_topic": topic,
        "bell_version": version_of(topic),
        "bell_url": url_for("staff.notices.bell"),
    }


def items(actor: Actor) -> list[Item]:
    """The places of the rail, those the actor may go to."""
    here = request.blueprint or ""
    places = (
        (
            P.TICKET_LIST,
            Item("staff.repairs.queue.index", gettext("报修工单"), "wrench", "repairs" in here, counts(actor)["open"]),
        ),
        (P.PERSON_SEARCH, Item("staff.customers.index", gettext("找人"), "users", "customers" in here)),
        (P.HOUSEHOLD_ADMIT, Item("staff.households.new", gettext("登记住户"), "home", "households" in here)),
        (P.NOTICE_VIEW, Item("staff.notices.index", gettext("通知"), "bell", "notices" in here)),
        (
            P.ERASURE_VIEW,
            Item(
                "staff.privacy.erasures.index", gettext("删除申请"), "trash", here.endswith((".erasures", ".filings"))
            ),
        ),
        (P.AUDIT_VIEW, Item("staff.privacy.chain.show", gettext("操作记录链"), "chain", "privacy.chain" in here)),
        (P.RETENTION_VIEW, Item("staff.privacy.retention.index", gettext("保存期限"), "clock", "retention" in here)),
        (P.STAFF_MANAGE, Item("staff.accounts.index", gettext("员工账号"), "user", "staff.accounts" in here)),
        (P.ROLES_VIEW, Item("staff.roles.rights.index", gettext("谁能做什么"), "users", "staff.roles" in here)),
        (P.KEYS_VIEW, Item("staff.privacy.keys.show", gettext("密钥"), "key", "privacy.keys" in here)),
    )
    return [item for right, item in places if actor.may(right)]


def _search_url(actor: Actor) -> str:
    """Where the field at the top sends what is typed; the page of searches has a field of its own."""
    searching = (request.blueprint or "").startswith("staff.customers")
    return "" if searching or not actor.may(P.PERSON_SEARCH) else url_for("staff.customers.search")


def my_roles(actor: Actor) -> list[tuple[str, str, bool]]:
    """Grant id, words, and whether it is the one in use; empty for those who have no choice."""
    held = Grant.of_account(actor.account_id) if actor.account_id else ()
    if len(held) < 2:
        return []
    return [(str(grant.id), _role_words(grant), grant.id == actor.grant_id) for grant in held]


def _role_words(grant: Grant) -> str:
    """The role, the development, and its buildings where it is limited to some."""
    there = db.session.get_one(Development, grant.development_id)
    name = there.name_en if str(get_locale()) == "en" else there.name_zh
    found = select(Building.label).where(Building.id.in_(grant.buildings)).order_by(Building.label)
    labels = db.session.scalars(found).all() if grant.buildings else ()
    places = [gettext("%(label)s 栋", label=label) for label in labels]
    return gettext("·").join((said(ROLE_WORDS[grant.role]), name, *places))


def _me(actor: Actor) -> str:
    person = db.session.get(Person, actor.person_id)
    return gettext("·").join((person.name or "" if person else "", said(ROLE_WORDS[actor.role])))
