"""Background work: every job is three lines, finds its rows by id, and may run twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from portal.jobs.mailing import send_notice
from portal.models import queue
from portal.models.base import db
from portal.models.files import Attachment
from portal.models.files.sealed_file import remove_object, sweep_objects, sweep_unfinished
from portal.models.notices import fan_out

Work = Callable[..., Any]


def _thumbnail(attachment: str) -> None:
    row = db.session.get(Attachment, UUID(attachment))
    if row is not None:
        row.make_thumbnail()


JOBS: dict[str, Work] = {
    "files.remove_object": lambda file: remove_object(UUID(file)),
    "files.sweep_drafts": Attachment.sweep_drafts,
    "files.sweep_unfinished": sweep_unfinished,
    "files.sweep_objects": sweep_objects,
    "files.thumbnail": _thumbnail,
    "jobs.sweep": queue.sweep,
    "notices.fan_out": lambda event: fan_out(UUID(event)),
    "notices.mail": lambda notice: send_notice(UUID(notice)),
}
