"""What every page of the owner's face shows around itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext

from portal.models.notices import Notice
from portal.models.property import Tenure
from portal.models.signals import version_of
from portal.web import live


@dataclass(frozen=True, slots=True)
class Item:
    """A place of the menu."""

    endpoint: str
    label: str
    icon: str
    current: bool


def context() -> dict[str, Any]:
    """Menu, bell and hotline of a signed-in household; nothing of that for others."""
    person_id = g.actor.person_id
    hotline = Tenure.hotline_of(person_id) if person_id else None
    if person_id is None or hotline is None:
        return {"menu": [], "hotline": ""}
    topic = f"person:{person_id.hex}"
    return {
        "menu": _items(),
        "hotline": hotline,
        "notices_url": url_for("owner.notices.index"),
        "unread": Notice.unread(person_id, staff=False),
        "bell_topic": topic,
        "bell_version": version_of(topic),
        "bell_url": url_for("owner.notices.bell"),
        "live": live.address([topic]),
    }


def _items() -> list[Item]:
    place = (request.blueprint or "").rpartition(".")[2]
    return [
        Item("owner.homes.show", gettext("我的家"), "home", place == "homes"),
        Item("owner.repairs.tickets.index", gettext("报修"), "wrench", "repairs" in (request.blueprint or "")),
        Item("owner.notices.index", gettext("通知"), "bell", place == "notices"),
        Item("owner.accounts.show", gettext("我的"), "user", place == "accounts"),
    ]
