"""What is in an installation, in a form that can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import RowMapping, select

from portal.models.base import Model, db
from portal.models.files import SealedFile
from portal.models.privacy.setting_back import RESTORED
from tests.stage import building
from tests.stage.cast import Cast

Rows = dict[str, list[dict[str, Any]]]


@dataclass
class Target:
    """An installation to be restored into."""

    folder: Path
    url: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        """What its command line sees."""
        found = {"PORTAL_INSTANCE": str(self.folder), "PORTAL_WORKER": "no", "PORTAL_PASSWORD_MEMORY_KIB": "19456"}
        return found | self.more | ({"PORTAL_DATABASE_URL": self.url} if self.url else {})

    @contextmanager
    def opened(self) -> Iterator[Cast]:
        """Its application at work."""
        app = building.opened(self.folder, self.url, **self.more)
        try:
            with Cast(app).at_work() as cast:
                yield cast
        finally:
            building.close(app)


def rows(app: Flask, *, without: tuple[str, ...] = ("session",)) -> Rows:
    """Everything in every table, index columns among it; but for what a restore itself signs and records."""
    found: Rows = {}
    with app.app_context():
        db.session.remove()
        with db.engine.connect() as connection:
            for table in Model.metadata.sorted_tables:
                if table.name not in without:
                    kept = [_comparable(row) for row in connection.execute(select(table)).mappings()]
                    found[table.name] = sorted(kept, key=lambda row: str(next(iter(row.values()))))
    _without_set_back(found)
    return found


def _without_set_back(found: Rows) -> None:
    """Take out the note that the chain was set back, its way to the places, and the event."""
    notes = [row["id"] for row in found["audit_checkpoint"] if "/restored\n" in row["note"]]
    ways = [row["id"] for row in found["audit_delivery"] if row["checkpoint_id"] in notes]
    jobs = [{"delivery": UUID(bytes=way).hex} for way in ways]
    found["audit_checkpoint"] = [row for row in found["audit_checkpoint"] if row["id"] not in notes]
    found["audit_delivery"] = [row for row in found["audit_delivery"] if row["id"] not in ways]
    found["event"] = [row for row in found["event"] if row["kind"] != RESTORED]
    found["job"] = [row for row in found["job"] if row["payload"] not in jobs]


def _comparable(row: RowMapping) -> dict[str, Any]:
    """Ids as bytes: one column type gives them as the database has them."""
    return {name: value.bytes if isinstance(value, UUID) else value for name, value in row.items()}


def contents() -> dict[str, bytes]:
    """Every file of the application at work, opened."""
    return {file.object_name: file.read() for file in db.session.scalars(select(SealedFile))}
