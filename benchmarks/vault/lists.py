"""A page of fifty people, and reading a column of thousands."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import select

from benchmarks.result import Result
from benchmarks.vault.guests import MODELS, FernetGuest, GcmGuest, Guest, PlainGuest, SealedGuest, filled
from benchmarks.vault.stand import Stand
from benchmarks.vault.timing import Seconds, ratio, rounds
from portal.models.base import db
from portal.models.fields import open_many
from portal.vault import ring

ROWS = 4_000  # as many subjects as keep their keys at hand
PAGE = 50
ROUNDS = 150
BULK_ROUNDS = 9
PAGE_TEMPLATE = """<!doctype html><table>{% for row in rows %}
<tr><td>{{ row.name }}</td><td>{{ row.phone }}</td><td>{{ row.email }}</td></tr>{% endfor %}</table>"""


def run(stand: Stand) -> list[Result]:
    """The list goals and the bulk read."""
    for model in MODELS:
        db.session.add_all(filled(model, range(ROWS)))
        db.session.commit()
    pages, bulk = _pages(stand), rounds({"ours": _bulk_ours, "fernet": _bulk_fernet}, BULK_ROUNDS, 1)
    end = stand.suffix
    return [
        Result.at_most(f"list_batch{end}", "50 people in a batch / plain", ratio(pages, "batch", "plain"), 1.10, 1.03),
        Result.at_most(f"list_lazy{end}", "50 people one by one / plain", ratio(pages, "lazy", "plain"), 1.15, 1.05),
        Result.at_most(f"list_cold{end}", "50 people, keys cold / plain", ratio(pages, "cold", "plain"), 1.40, 1.20),
        Result.at_most(f"added_vs_se{end}", "added time / StringEncryptedType's", _added(pages), 0.05, 0.02),
        Result.at_least(
            f"bulk_vs_fernet{end}", "4,000 people's names read / Fernet", 1 / ratio(bulk, "ours", "fernet"), 6, 12
        ),
    ]


def _added(pages: Seconds) -> float:
    """Against the quicker of the two engines, GCM."""
    plain = median(pages["plain"])
    return (median(pages["batch"]) - plain) / (min(median(pages["gcm"]), median(pages["fernet"])) - plain)


def _pages(stand: Stand) -> Seconds:
    app = stand.app
    template = app.jinja_env.from_string(PAGE_TEMPLATE)

    def page(model: Guest, *, batch: bool = False) -> str:
        rows = db.session.scalars(select(model).order_by(model.id).limit(PAGE)).all()
        if batch:
            open_many(rows, SealedGuest.contact)
        return template.render(rows=rows)

    app.add_url_rule("/plain", "plain", lambda: page(PlainGuest))
    app.add_url_rule("/lazy", "lazy", lambda: page(SealedGuest))
    app.add_url_rule("/batch", "batch", lambda: page(SealedGuest, batch=True))
    app.add_url_rule("/gcm", "gcm", lambda: page(GcmGuest))
    app.add_url_rule("/fernet", "fernet", lambda: page(FernetGuest))
    client = app.test_client()
    assert client.get("/plain").data == client.get("/batch").data == client.get("/lazy").data

    def cold() -> object:
        keys = stand.ring._subjects
        keys._cache.forget(keys.generation)  # as after fifteen idle minutes
        return client.get("/batch")

    names = ("plain", "lazy", "batch", "gcm", "fernet")
    return rounds({name: _getting(client, name) for name in names} | {"cold": cold}, ROUNDS)


def _getting(client: FlaskClient, name: str) -> Callable[[], object]:
    return lambda: client.get(f"/{name}")


def _bulk_ours() -> int:
    columns = SealedGuest.__table__.c
    rows = db.session.execute(select(columns.id, columns.subject_id, columns.contact_sealed)).all()
    opened = ring().open_many("bench.contact", [(key.bytes, b"\x01" + _raw(who), blob) for key, who, blob in rows])
    return len([values["name"] for values in opened if values is not None])


def _raw(value: object) -> bytes:
    return value if isinstance(value, bytes) else value.bytes  # type: ignore[attr-defined]


def _bulk_fernet() -> int:
    return len(db.session.scalars(select(FernetGuest.name)).all())
