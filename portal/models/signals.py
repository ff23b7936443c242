"""Telling open screens *that* something changed, never what.

A topic is a name such as ``ticket:<hex>:owner``; its version is a counter. Rows that carry their own counter announce
it with ``announce``; topics without a row of their own (a queue, a person's screens) are counted here by ``touch``, as
the last thing before the commit, so that their row is locked as shortly as possible.
"""

from __future__ import annotations

from flask import current_app
from sqlalchemy import String, bindparam, event, select
from sqlalchemy.orm import Mapped, SessionTransaction, mapped_column
from sqlalchemy.orm import Session as OrmSession

from portal.backends.bus import Bus
from portal.models.base import Model, columns, count_up, db

_TOUCHED = "portal.touched"
_SIGNALS = "portal.signals"


class Topic(Model):
    """The version of a topic that has no row of its own."""

    __tablename__ = "topic"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)


def announce(topic: str, version: int) -> None:
    """After the commit, tell the bus that ``topic`` is now at ``version``."""
    _begun().info.setdefault(_SIGNALS, {})[topic] = version


def touch(topic: str) -> None:
    """Count the topic up at the end of this transaction and announce it after the commit."""
    _begun().info.setdefault(_TOUCHED, set()).add(topic)


def version_of(topic: str) -> int:
    """The present version of a counted topic; 0 when nothing has happened yet."""
    return db.session.scalar(_VERSION, {"name": topic}) or 0


# Asked at every page, so built once.
_VERSION = select(columns(Topic).version).where(columns(Topic).name == bindparam("name"))


def bus() -> Bus:
    """The application's bus."""
    found: Bus = current_app.extensions["portal.bus"]
    return found


def _begun() -> OrmSession:
    """The session inside a transaction, so that its rollback is noticed even when nothing else was asked of it."""
    session = db.session()
    if not session.in_transaction():
        session.begin()
    return session


def _count(session: OrmSession) -> None:
    if session.in_nested_transaction():  # a savepoint is released: nothing is committed yet
        return
    session.flush()  # what is written comes before what is counted, so that the counters stay locked shortly
    for name in sorted(session.info.pop(_TOUCHED, ())):
        session.info.setdefault(_SIGNALS, {})[name] = count_up(Topic.version, name)


def _publish(session: OrmSession) -> None:
    if session.in_nested_transaction():
        return
    for topic, version in session.info.pop(_SIGNALS, {}).items():
        bus().publish(topic, version)


def _forget(session: OrmSession, ended: SessionTransaction) -> None:
    """Nothing happened. After a savepoint's rollback something else still may: a signal too many does no harm."""
    if ended.nested:
        return
    session.info.pop(_TOUCHED, None)
    session.info.pop(_SIGNALS, None)


def listen() -> None:
    """Hook the three moments of a transaction; called once when the models are loaded."""
    event.listen(db.session, "before_commit", _count)
    event.listen(db.session, "after_commit", _publish)
    event.listen(db.session, "after_soft_rollback", _forget)


listen()
