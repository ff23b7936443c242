"""Telling open screens *that* something changed, never what.

A topic is a name such as ``ticket:<hex>:owner``; its version is a counter. Rows that carry their own counter announce it
with ``announce``; topics without a row of their own (a queue, a household, a bell) are counted here by ``touch``, as the
last thing before the commit, so that their row is locked as shortly as possible.
"""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import String, event, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm import Session as OrmSession

from portal.backends.bus import Bus
from portal.models.base import Model, db

_TOUCHED = "portal.touched"
_SIGNALS = "portal.signals"


class Topic(Model):
    """The version of a topic that has no row of its own."""

    __tablename__ = "topic"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)


def announce(topic: str, version: int) -> None:
    """After the commit, tell the bus that ``topic`` is now at ``version``."""
    db.session().info.setdefault(_SIGNALS, {})[topic] = version


def touch(topic: str) -> None:
    """Count the topic up at the end of this transaction and announce it after the commit."""
    db.session().info.setdefault(_TOUCHED, set()).add(topic)


def version_of(topic: str) -> int:
    """The present version of a counted topic; 0 when nothing has happened yet."""
    return db.session.scalar(select(Topic.version).where(Topic.name == topic)) or 0


def bus() -> Bus:
    """The application's bus."""
    found: Bus = current_app.extensions["portal.bus"]
    return found


def _count(session: OrmSession) -> None:
    for name in sorted(session.info.pop(_TOUCHED, ())):
        raised = update(Topic).where(Topic.name == name).values(version=Topic.version + 1).returning(Topic.version)
        version = session.scalar(raised, execution_options={"synchronize_session": False})
        if version is None:
            session.add(Topic(name=name, version=1))
            session.flush()
            version = 1
        session.info.setdefault(_SIGNALS, {})[name] = version


def _publish(session: OrmSession) -> None:
    for topic, version in session.info.pop(_SIGNALS, {}).items():
        bus().publish(topic, version)


def _forget(session: OrmSession, *_: Any) -> None:
    session.info.pop(_TOUCHED, None)
    session.info.pop(_SIGNALS, None)


def listen() -> None:
    """Hook the three moments of a transaction; called once when the models are loaded."""
    event.listen(db.session, "before_commit", _count)
    event.listen(db.session, "after_commit", _publish)
    event.listen(db.session, "after_soft_rollback", _forget)


listen()
