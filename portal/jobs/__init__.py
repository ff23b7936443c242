"""Background work: every job is three lines, finds its rows by id, and may run twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from portal.jobs import auditing
from portal.jobs.keeping import drop_versions, look_at_sample
from portal.jobs.mailing import send_farewell, send_notice
from portal.jobs.retaining import apply_class
from portal.jobs.texting import send_code, send_invite
from portal.models.base import db
from portal.models.files import Attachment
from portal.models.files.photo import thumbnail
from portal.models.files.sealed_file import remove_object, sweep_objects, sweep_unfinished
from portal.models.notices import fan_out
from portal.models.privacy.retention import APPLIED
from portal.models.privacy.shredding import shred
from portal.vault import ring

Work = Callable[..., Any]


def _thumbnail(attachment: str) -> None:
    """Decoding takes a while, so the transaction, and the embedded database's write lock with it, ends before."""
    row = db.session.get(Attachment, UUID(attachment))
    if row is None or row.thumbnail_id is not None:
        return
    content = row.file.read()
    db.session.commit()
    small = thumbnail(content)
    row = db.session.get(Attachment, UUID(attachment))
    if row is not None:
        row.keep_thumbnail(small)


def _roll_epoch() -> None:
    """An epoch lasts 30 days: deleting an old one is what ends erased keys in backups."""
    if ring().roll_is_overdue():
        ring().roll_epoch()


JOBS: dict[str, Work] = {
    "audit.deliver": lambda delivery: auditing.deliver(UUID(delivery)),
    "audit.nightly": auditing.nightly,
    "audit.verify": lambda verification: auditing.verify_chain(UUID(verification)),
    "codes.send": lambda code: send_code(UUID(code)),
    "files.remove_object": lambda file: remove_object(UUID(file)),
    "files.sweep_unfinished": sweep_unfinished,
    "files.sweep_objects": sweep_objects,
    "files.thumbnail": _thumbnail,
    "households.invite": lambda invite: send_invite(UUID(invite)),
    "notices.fan_out": lambda event: fan_out(UUID(event)),
    "notices.mail": lambda notice: send_notice(UUID(notice)),
    "privacy.farewell": lambda erasure: send_farewell(UUID(erasure)),
    "privacy.shred": lambda erasure: shred(UUID(erasure)),
    "vault.drop_versions": drop_versions,
    "vault.roll_epoch": _roll_epoch,
    "vault.verify_sample": look_at_sample,
    **{kept.job: partial(apply_class, code) for code, kept in APPLIED.items()},
}
