"""What every page of the owner's face shows around itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from flask import g, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.models.notices import Notice
from portal.models.property import Tenure
from portal.models.signals import version_of
from portal.web import kept, live
from portal.web.guard import current_session
from portal.web.notice_owed import owed


@dataclass(frozen=True, slots=True)
class Item:
    """A place of the menu."""

    endpoint: str
    label: str
    icon: str
    current: bool


class State(NamedTuple):
    """What of a page's surroundings can change while its row stays the same; no ``hotline`` for who has no home."""

    hotline: str | None = None
    unread: int = 0
    bell: int = 0


def state() -> State:
    """The surroundings for who asks, as they are in this request; none for who owes the privacy notice."""
    if "menu" not in g:
        reads_first = current_user.is_authenticated and owed(current_session())
        g.menu = _state(None if reads_first else g.actor.person_id)
    found: State = g.menu
    return found


def context() -> dict[str, Any]:
    """Menu, bell and hotline of a signed-in household; nothing of that for others."""
    hotline, unread, bell = state()
    if hotline is None:
        return {"menu": [], "hotline": ""}
    topic = f"person:{g.actor.person_id.hex}"
    return {
        "menu": _items(),
        "hotline": hotline,
        "notices_url": url_for("owner.notices.index"),
        "unread": unread,
        "bell_topic": topic,
        "bell_version": bell,
        "bell_url": url_for("owner.notices.bell"),
        "live": kept.fresh(lambda: live.address([topic])),
    }


def _state(person_id: UUID | None) -> State:
    hotline = Tenure.hotline_of(person_id) if person_id else None
    if person_id is None or hotline is None:
        return State()
    return State(hotline, Notice.unread(person_id, staff=False), version_of(f"person:{person_id.hex}"))


def _items() -> list[Item]:
    place = (request.blueprint or "").rpartition(".")[2]
    return [
        Item("owner.homes.show", gettext("我的家"), "home", place == "homes"),
        Item("owner.repairs.tickets.index", gettext("报修"), "wrench", "repairs" in (request.blueprint or "")),
        Item("owner.notices.index", gettext("通知"), "bell", place == "notices"),
        Item("owner.privacy.looks.index", gettext("隐私"), "shield", "privacy" in (request.blueprint or "")),
        Item("owner.accounts.show", gettext("我的"), "user", place == "accounts"),
    ]
