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
    """Everything in every table, index columns among it."""
    found: Rows = {}
    with app.app_context():
        db.session.remove()
        with db.engine.connect() as connection:
            for table in Model.metadata.sorted_tables:
                if table.name not in without:
                    kept = [_comparable(row) for row in connection.execute(select(table)).mappings()]
                    its = {row["id"] for row in found.get("audit_checkpoint", []) if "/restored\n" in row["note"]}
                    found[table.name] = sorted(kept, key=lambda row: str(next(iter(row.values()))))
    return found


def _of_restore(name: str, row: dict[str, Any], its: set[bytes]) -> bool:
    """Whether a restore has written the row itself: it signs and records that the audit chain was set back."""
    return bool(
        (name == "audit_checkpoint" and "/restored\n" in row["note"])
        or (name == "audit_delivery" and row["checkpoint_id"] in its)
        or (name == "event" and row["kind"] == RESTORED)
        or (name == "job" and row["kind"] == "audit.deliver")
    )


def _comparable(row: RowMapping) -> dict[str, Any]:
    """Ids as bytes: one column type gives them as the database has them."""
    return {name: value.bytes if isinstance(value, UUID) else value for name, value in row.items()}


def contents() -> dict[str, bytes]:
    """Every file of the application at work, opened."""
    return {file.object_name: file.read() for file in db.session.scalars(select(SealedFile))}
