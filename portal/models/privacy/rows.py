"""The rows of numbered events as a verifier reads them, and whether the columns beside an event say what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orjson import loads
from sqlalchemy import Connection, text

from portal.models.events import Event

# Of a row: id, at, kind, about_noun, about_id, development_id, actor_id, role.
Beside = Sequence[Any]

# Ids as 16 bytes and times as text, alike on both: nothing is made into an object that is only compared.
_SQLITE = """SELECT n, h, json, id, at, kind, about_noun, about_id, development_id, actor_id, role
FROM event WHERE n > :after ORDER BY n LIMIT :rows"""
_POSTGRES = """SELECT n, h, json, uuid_send(id),
  to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), kind, about_noun,
  uuid_send(about_id), uuid_send(development_id), uuid_send(actor_id), role
FROM event WHERE n > :after ORDER BY n LIMIT :rows"""


def numbered(connection: Connection, after: int, limit: int) -> Sequence[Any]:
    """The next rows after a number: n, h, json, and what stands beside it as ``Beside``."""
    query = text(_POSTGRES if connection.dialect.name == "postgresql" else _SQLITE)
    cursor = connection.execute(query, {"after": after, "rows": limit}).cursor
    return cursor.fetchall() if cursor is not None else ()  # plain tuples: a row of the ORM's costs a third more


def row_holds(row: Event) -> bool:
    """Whether the columns beside an event's bytes say what they say."""
    about, development, actor = row.about_id, row.development_id, row.actor_id
    ids = [found.bytes if found else None for found in (about, development, actor)]
    return says(row.json, (row.id.bytes, f"{row.at:%Y-%m-%d %H:%M:%S.%f}", row.kind, row.about_noun, *ids, row.role))


def says(event: bytes, beside: Beside) -> bool:
    """Whether the columns say what the bytes say; bytes that cannot be read say nothing."""
    id_, at, kind, noun, about, development, actor, role = beside
    try:
        body = loads(event)
        return bool(
            body["id"] == id_.hex()
            and body["at"] == f"{at[:10]}T{at[11:]}Z"
            and body["kind"] == kind
            and body["role"] == role
            and body["about"] == [noun, about.hex() if about else None]
            and body["development"] == (development.hex() if development else None)
            and body["actor"] == (actor.hex() if actor else None)
        )
    except (ValueError, KeyError, TypeError):
        return False
