"""The rows of numbered events as a verifier reads them, and whether the columns beside an event say what it says."""

from __future__ import annotations

from collections.abc import Sequence
from json import JSONDecoder
from typing import Any

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
_decode = JSONDecoder().decode


def numbered(connection: Connection, after: int, limit: int) -> Sequence[Any]:
    """The next rows after a number: n, h, json, and what stands beside it as ``Beside``."""
    query = text(_POSTGRES if connection.dialect.name == "postgresql" else _SQLITE)
    return connection.execute(query, {"after": after, "rows": limit}).all()


def row_holds(row: Event) -> bool:
    """Whether the columns beside an event's bytes say what they say."""
    about, development, actor = row.about_id, row.development_id, row.actor_id
    ids = [found.bytes if found else None for found in (about, development, actor)]
    return says(row.json, (row.id.bytes, f"{row.at:%Y-%m-%d %H:%M:%S.%f}", row.kind, row.about_noun, *ids, row.role))


def says(event: bytes, beside: Beside) -> bool:
    """Whether the columns say what the bytes say.

    Canonical JSON has one order, so nearly always a look at its parts is enough, at a third of the cost of reading it:
    inside the values no quotation mark stands bare. Whatever does not look so is read.
    """
    id_, at, kind, noun, about, development, actor, role = beside
    first = f'{{"about":["{noun}",{_id(about)}],"actor":{_id(actor)},"at":"{at[:10]}T{at[11:]}Z","behalf":'
    last = f'}},"id":"{id_.hex()}","kind":"{kind}","request":"'
    return (
        event.startswith(first.encode())
        and f',"development":{_id(development)},"fields":{{'.encode() in event
        and last.encode() in event
        and event.endswith(f',"role":"{role}"}}'.encode())
        and '"' not in kind + noun + role
    ) or _says_when_read(event, beside)


def _id(raw: bytes | None) -> str:
    return f'"{raw.hex()}"' if raw else "null"


def _says_when_read(event: bytes, beside: Beside) -> bool:
    id_, at, kind, noun, about, development, actor, role = beside
    try:
        body = _decode(str(event, "utf-8"))
        said = [body[name] for name in ("id", "at", "kind", "about", "development", "actor", "role")]
    except (ValueError, KeyError, TypeError):
        return False
    about_hex, *others = (raw.hex() if raw else None for raw in (about, development, actor))
    return said == [id_.hex(), f"{at[:10]}T{at[11:]}Z", kind, [noun, about_hex], *others, role]
